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

  private static final String PARTITIONED =
      """
      CREATE TABLE orders (id bigint, year int) PARTITION BY RANGE (year);
      CREATE TABLE orders_old PARTITION OF orders FOR VALUES FROM (2000) TO (2020);
      CREATE TABLE orders_new PARTITION OF orders FOR VALUES FROM (2020) TO (2040)
        PARTITION BY LIST (year);
      CREATE TABLE orders_2020 PARTITION OF orders_new FOR VALUES IN (2020);
      CREATE INDEX idx_orders ON orders (id);
      INSERT INTO orders SELECT n, 2020 - n % 2 FROM generate_series(1, 5000) n;
      """;

  private TargetLook look() throws SQLException {
    return LookAround.of(
        database.target(),
        List.of(ORDERS),
        List.of(new Reach("10_new", List.of(ORDERS), List.of(QualifiedName.of("idx_orders")))));
  }

  @Test
  void partitionedTable_isAsLargeAsItsPartitions() throws SQLException {
    database.sql(PARTITIONED + "ANALYZE orders");

    TargetLook look = look();

    long size = size("orders_old") + size("orders_2020");
    assertThat(look.tables()).containsExactly(new Table("orders", 5000, size));
    assertThat(look.sections())
        .containsExactly(
            new Scope("10_new", size, size("orders_old_id_idx") + size("orders_2020_id_idx")));
  }

  @Test
  void rowsOfAPartitionThatNobodyCounted_areNotKnown() throws SQLException {
    database.sql(PARTITIONED + "ANALYZE orders_old");

    assertThat(look().tables().get(0).rows()).isZero();
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
