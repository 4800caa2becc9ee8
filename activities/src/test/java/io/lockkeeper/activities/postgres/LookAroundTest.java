package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.LookAround.Reach;
import io.lockkeeper.environment.Survey.Table;
import io.lockkeeper.environment.TargetLook;
import io.lockkeeper.environment.TargetLook.Scope;
import io.lockkeeper.section.QualifiedName;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class LookAroundTest {
  private static final QualifiedName ORDERS = QualifiedName.of("orders");
  private static final QualifiedName GONE = QualifiedName.of("gone");

  @AutoClose private final Database database = Server.fresh();

  @Test
  void target_tellsItsServerTablesSettings_andWhatEachSectionHasToRead() throws SQLException {
    database.sql(
        "CREATE TABLE orders (id bigint);"
            + "INSERT INTO orders SELECT generate_series(1, 5000);"
            + "CREATE INDEX idx_orders ON orders (id); ANALYZE orders");

    TargetLook look =
        LookAround.of(
            database.target(),
            List.of(ORDERS, GONE),
            List.of(
                new Reach("10_new", List.of(ORDERS), List.of(QualifiedName.of("idx_orders"))),
                new Reach("20_gone", List.of(GONE), List.of())));

    long size = size("orders");
    assertThat(look.server()).matches("\\d+\\.\\d+");
    assertThat(look.tables()).containsExactly(new Table("orders", 5000, size));
    assertThat(look.settings())
        .containsEntry("work_mem", "4MB")
        .containsKey("maintenance_work_mem")
        .doesNotContainKey("statement_timeout");
    assertThat(look.sections())
        .containsExactly(new Scope("10_new", size, size("idx_orders")), new Scope("20_gone", 0, 0));
  }

  private long size(String relation) throws SQLException {
    return database
        .target()
        .read(
            connection ->
                Rows.one(
                    connection,
                    "SELECT pg_total_relation_size(?::regclass)",
                    row -> row.getLong(1),
                    relation));
  }
}
