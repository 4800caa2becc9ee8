package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.postgres.Inspection.Decision;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.StatementReader;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether the index in the catalog is the planned one, told by a real server. */
class IndexDefinitionTest {
  private static final String INDEX = "CREATE INDEX i ON stocks ";

  private static EmbeddedPostgres server;

  private Connection connection;

  @BeforeAll
  static void startServer() throws IOException {
    server = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @BeforeEach
  void makeTable() throws SQLException {
    connection = server.getPostgresDatabase().getConnection();
    sql(
        """
        CREATE SCHEMA app;
        CREATE TABLE stocks (id integer, sector text, name varchar(80), price numeric,
          market_cap bigint, active boolean, data jsonb, tags text[], seen date, at timestamp);
        CREATE TABLE app.stocks (id integer, sector text)
        """);
  }

  @AfterEach
  void dropTable() throws SQLException {
    connection.setAutoCommit(true);
    sql("RESET ROLE; DROP SCHEMA app CASCADE; DROP TABLE stocks CASCADE");
    connection.close();
  }

  private void sql(String sql) throws SQLException {
    Rows.execute(connection, sql);
  }

  /** As under the fence: in a transaction that is committed. */
  private PlannedIndex planned(String statement) throws SQLException {
    CreateIndex meaning = StatementReader.readDefinition(statement);
    connection.setAutoCommit(false);
    PlannedIndex planned = Catalog.plan(connection, meaning, statement).orElseThrow();
    connection.commit();
    connection.setAutoCommit(true);
    return planned;
  }

  private FoundIndex found(PlannedIndex planned) throws SQLException {
    return Catalog.find(connection, planned.name()).orElseThrow();
  }

  private boolean sameIndex(String made, String meant) throws SQLException {
    sql(made);
    PlannedIndex planned = planned(meant);
    return Inspection.asMeant(planned, found(planned));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(sector)",
        "(sector ASC NULLS LAST, market_cap DESC NULLS FIRST)",
        "(market_cap int8_ops)",
        "(lower(name) DESC)",
        "((price * 2 + market_cap))",
        "((data ->> 'k'))",
        "(CAST(price AS integer))",
        "(name COLLATE \"C\" text_pattern_ops)",
        "(lower(stocks.sector))",
        "USING gin (data jsonb_path_ops)",
        "(id) INCLUDE (sector, name)",
        "(id) WITH (fillfactor = 70)",
        "(id) TABLESPACE pg_default",
        "(id) WHERE sector IN ('Energy', 'Technology')",
        "(id) WHERE market_cap NOT IN (1, 2)",
        "(id) WHERE price BETWEEN 1 AND 2",
        "(id) WHERE name LIKE 'A%' OR name NOT ILIKE 'it''s'",
        "(id) WHERE sector != 'open'",
        "(id) WHERE market_cap = -1",
        "(id) WHERE market_cap::int > 5 AND price > 0",
        "(id) WHERE seen > '2026-01-01' AND at < timestamp '2026-01-01 00:00:00'",
        "(id) WHERE active IS NOT TRUE",
        "(id) WHERE tags @> '{a}' AND sector = ANY (ARRAY['a', 'b'])",
        "(id) WHERE (sector = 'a' OR active) AND market_cap > 0",
        "(id) WHERE sector = E'a\\'b' /* or so */",
      })
  void whatAPersonWrites_isFoundAgainInTheCatalog(String rest) throws SQLException {
    assertThat(sameIndex(INDEX + rest, "CREATE INDEX CONCURRENTLY i ON stocks " + rest)).isTrue();
  }

  @Test
  void uniqueIndexOfAnotherSchema_isFoundAgainInTheCatalog() throws SQLException {
    String statement = "CREATE UNIQUE INDEX \"I USING\" ON app.stocks (id) NULLS NOT DISTINCT";

    assertThat(sameIndex(statement, statement)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(id) WHERE (active OR id > 1) AND id < 9 | (id) WHERE active OR (id > 1 AND id < 9)",
        "(id) WHERE NOT (active AND id > 1)       | (id) WHERE NOT active AND id > 1",
        "((price * (market_cap + 1)))             | ((price * market_cap + 1))",
        "(id) WHERE price::integer > 5            | (id) WHERE price > 5",
        "(id) WHERE sector = 'open'               | (id) WHERE sector = 'Open'",
        "(id) WHERE sector IN ('a', 'b')          | (id) WHERE sector IN ('a', 'c')",
        "(id) WHERE id >= 5                       | (id) WHERE id > 5",
        "(id)                                     | (market_cap)",
        "(id, market_cap)                         | (market_cap, id)",
        "(id DESC)                                | (id)",
        "(id DESC NULLS LAST)                     | (id DESC)",
        "(id) INCLUDE (sector)                    | (id)",
        "(id) WHERE active                        | (id)",
        "(id) WITH (fillfactor = 70)              | (id)",
        "USING hash (id)                          | (id)",
        "(sector text_pattern_ops)                | (sector)",
        "(sector COLLATE \"C\")                   | (sector)",
      })
  void anotherIndexOfThatName_isNotTakenForThePlannedOne(String made, String meant)
      throws SQLException {
    assertThat(sameIndex(INDEX + made, INDEX + meant)).isFalse();
  }

  @Test
  void indexThatIsUniqueOrOfAnotherTable_isNotTakenForThePlannedOne() throws SQLException {
    sql("CREATE TABLE app.others (id integer); CREATE INDEX j ON app.others (id)");

    assertThat(sameIndex("CREATE UNIQUE INDEX i ON stocks (id)", INDEX + "(id)")).isFalse();
    assertThat(Inspection.asMeant(planned("CREATE INDEX j ON app.stocks (id)"), other("app.j")))
        .isFalse();
  }

  private FoundIndex other(String name) throws SQLException {
    return Catalog.find(
            connection,
            StatementReader.readDefinition("CREATE INDEX x ON " + name + " (a)").table())
        .orElseThrow();
  }

  @Test
  void askingTheServer_leavesNothingBehind() throws SQLException {
    planned(INDEX + "(sector)");

    List<String> left =
        Rows.list(
            connection,
            "SELECT relname FROM pg_class WHERE relname = 'i' OR relpersistence = 't'",
            row -> row.getString(1));
    String path = Rows.one(connection, "SHOW search_path", row -> row.getString(1));
    String timeout = Rows.one(connection, "SHOW lock_timeout", row -> row.getString(1));
    assertThat(left).isEmpty();
    assertThat(path).isEqualTo("\"$user\", public");
    assertThat(timeout).isEqualTo("0");
  }

  @Test
  void askingTheServerOutsideATransaction_isTheSame() throws SQLException {
    sql(INDEX + "(sector) WHERE id IN (1, 2)");
    CreateIndex meaning = StatementReader.readDefinition(INDEX + "(sector) WHERE id = 1 OR id = 2");
    CreateIndex same = StatementReader.readDefinition(INDEX + "(sector) WHERE id IN (1, 2)");

    PlannedIndex other = Catalog.plan(connection, meaning, "").orElseThrow();
    PlannedIndex planned = Catalog.plan(connection, same, "").orElseThrow();

    assertThat(Inspection.asMeant(planned, found(planned))).isTrue();
    assertThat(Inspection.asMeant(other, found(other))).isFalse();
    assertThat(connection.getAutoCommit()).isTrue();
  }

  @Test
  void roleThatMayNotMakeTemporaryTables_takesNoIndexForItsOwnAndSaysWhy() throws SQLException {
    sql(
        """
        CREATE ROLE narrow; ALTER TABLE stocks OWNER TO narrow; GRANT CREATE ON SCHEMA public TO narrow;
        REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC; SET ROLE narrow
        """);
    try {
      sql(INDEX + "(sector)");
      PlannedIndex planned = planned(INDEX + "(sector)");
      FoundIndex found = found(planned);

      assertThat(Inspection.decide(planned, Optional.of(found), true, false))
          .isEqualTo(Decision.IN_THE_WAY);
      assertThat(Inspection.mayBeMeant(planned, found)).isTrue();
      assertThat(Inspection.describe(planned, found))
          .isEqualTo(
              "public.i is a valid index: CREATE INDEX i ON public.stocks USING btree (sector);"
                  + " whether it is the planned one cannot be told: permission denied to create"
                  + " temporary tables in database \"postgres\" (SQLState 42501). GRANT TEMPORARY ON"
                  + " DATABASE to our role");
    } finally {
      sql(
          """
          RESET ROLE; GRANT TEMPORARY ON DATABASE postgres TO PUBLIC;
          REASSIGN OWNED BY narrow TO postgres; DROP OWNED BY narrow; DROP ROLE narrow
          """);
    }
  }

  @Test
  void statementThatTheServerRefuses_isNoIndexOfOurs() throws SQLException {
    sql(INDEX + "(sector)");
    PlannedIndex planned = planned(INDEX + "(no_such_column)");

    assertThat(Inspection.asMeant(planned, found(planned))).isFalse();
    assertThat(Inspection.untold(planned))
        .contains(
            "whether it is the planned one cannot be told: column \"no_such_column\" does not exist"
                + " (SQLState 42703)");
  }
}
