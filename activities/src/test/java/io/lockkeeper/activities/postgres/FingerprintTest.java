package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each planted difference is one statement, taken back with its transaction. */
class FingerprintTest {
  private static final String SCHEMA =
      """
      CREATE SCHEMA shop;
      CREATE TYPE shop.state AS ENUM ('open', 'closed');
      CREATE DOMAIN shop.price AS numeric CHECK (VALUE >= 0);
      CREATE TYPE shop.pair AS (a int, b int);
      CREATE TABLE shop.stocks (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        symbol text NOT NULL UNIQUE,
        sector varchar(40) DEFAULT 'none',
        price shop.price,
        state shop.state,
        cap numeric CHECK (cap > 0),
        note text
      );
      CREATE TABLE shop.positions (id int, stock bigint REFERENCES shop.stocks, open boolean);
      CREATE TABLE shop.parts (day date) PARTITION BY RANGE (day);
      CREATE INDEX idx_open ON shop.positions (stock) WHERE open;
      CREATE INDEX idx_twice ON shop.stocks ((cap + 1));
      CREATE SEQUENCE shop.numbers;
      CREATE VIEW shop.cheap AS SELECT id FROM shop.stocks WHERE cap < 10;
      CREATE MATERIALIZED VIEW shop.totals AS SELECT count(*) AS n FROM shop.stocks;
      CREATE FUNCTION shop.twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';
      CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
      CREATE TRIGGER stamps BEFORE UPDATE ON shop.stocks FOR EACH ROW EXECUTE FUNCTION shop.stamp();
      CREATE AGGREGATE shop.total(int) (SFUNC = int4pl, STYPE = int);
      CREATE POLICY mine ON shop.positions USING (open);
      CREATE RULE quiet AS ON DELETE TO shop.parts DO INSTEAD NOTHING;
      INSERT INTO shop.stocks (symbol, cap) SELECT 's' || n, n FROM generate_series(1, 20) n;
      INSERT INTO shop.positions SELECT n, n, true FROM generate_series(1, 20) n;
      """;

  @AutoClose private static final Database DATABASE = Server.fresh();
  private static Fingerprint before = new Fingerprint(List.of());

  private final Connection connection = DATABASE.session("postgres", "fingerprint");

  @BeforeAll
  static void plant() throws SQLException {
    DATABASE.asSuperuser(SCHEMA);
    before = DATABASE.target().read(Fingerprint::of);
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private List<String> differences(String planted) throws SQLException {
    connection.setAutoCommit(false);
    Rows.execute(connection, "SET LOCAL search_path = public; " + planted);
    Fingerprint after = read();
    connection.rollback();
    assertThat(after.equals(before)).isEqualTo(after.digest().equals(before.digest()));
    return after.differences(before);
  }

  private Fingerprint read() throws SQLException {
    Rows.execute(connection, "SET LOCAL search_path = ''");
    return Fingerprint.read(connection);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "schema             | CREATE SCHEMA another",
        "schema's comment   | COMMENT ON SCHEMA shop IS 'x'",
        "table              | CREATE TABLE shop.more (n int)",
        "table dropped      | DROP TABLE shop.parts",
        "table's option     | ALTER TABLE shop.stocks SET (fillfactor = 70)",
        "table's comment    | COMMENT ON TABLE shop.stocks IS 'x'",
        "owner              | ALTER TABLE shop.stocks OWNER TO reader",
        "unlogged           | ALTER TABLE shop.positions SET UNLOGGED",
        "replica identity   | ALTER TABLE shop.stocks REPLICA IDENTITY FULL",
        "partition          | CREATE TABLE shop.p1 PARTITION OF shop.parts DEFAULT",
        "partition's bound  | CREATE TABLE shop.p PARTITION OF shop.parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "column             | ALTER TABLE shop.stocks ADD COLUMN extra int",
        "column dropped     | ALTER TABLE shop.stocks DROP COLUMN note",
        "column renamed     | ALTER TABLE shop.stocks RENAME COLUMN note TO remark",
        "column's type      | ALTER TABLE shop.stocks ALTER COLUMN sector TYPE varchar(41)",
        "column's collation | ALTER TABLE shop.stocks ALTER COLUMN note TYPE text COLLATE \"C\"",
        "default            | ALTER TABLE shop.stocks ALTER COLUMN sector SET DEFAULT 'other'",
        "not null           | ALTER TABLE shop.stocks ALTER COLUMN cap SET NOT NULL",
        "identity           | ALTER TABLE shop.stocks ALTER COLUMN id SET GENERATED BY DEFAULT",
        "statistics target  | ALTER TABLE shop.stocks ALTER COLUMN sector SET STATISTICS 500",
        "storage            | ALTER TABLE shop.stocks ALTER COLUMN note SET STORAGE EXTERNAL",
        "compression        | ALTER TABLE shop.stocks ALTER COLUMN note SET COMPRESSION pglz",
        "column's comment   | COMMENT ON COLUMN shop.stocks.note IS 'x'",
        "column's grant     | GRANT SELECT (note) ON shop.stocks TO reader",
        "check              | ALTER TABLE shop.positions ADD CHECK (id > 0)",
        "check not valid    | ALTER TABLE shop.positions ADD CONSTRAINT c CHECK (id > 0) NOT VALID",
        "unique             | ALTER TABLE shop.positions ADD UNIQUE (id)",
        "primary key        | ALTER TABLE shop.positions ADD PRIMARY KEY (id)",
        "foreign key        | ALTER TABLE shop.positions ADD FOREIGN KEY (id) REFERENCES shop.stocks (id)",
        "foreign key's act  | ALTER TABLE shop.positions DROP CONSTRAINT positions_stock_fkey, ADD CONSTRAINT positions_stock_fkey FOREIGN KEY (stock) REFERENCES shop.stocks ON DELETE CASCADE",
        "constraint comment | COMMENT ON CONSTRAINT stocks_cap_check ON shop.stocks IS 'x'",
        "index              | CREATE INDEX idx_sector ON shop.stocks (sector)",
        "index's predicate  | DROP INDEX shop.idx_open; CREATE INDEX idx_open ON shop.positions (stock) WHERE NOT open",
        "index's option     | ALTER INDEX shop.idx_open SET (fillfactor = 70)",
        "index invalid      | UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'shop.idx_open'::regclass",
        "index's statistics | ALTER INDEX shop.idx_twice ALTER COLUMN 1 SET STATISTICS 500",
        "index's tablespace | ALTER INDEX shop.idx_open SET TABLESPACE lk_space",
        "index's identity   | ALTER TABLE shop.stocks REPLICA IDENTITY USING INDEX stocks_symbol_key",
        "column's options   | ALTER TABLE shop.stocks ALTER COLUMN note SET (n_distinct = 5)",
        "toast's option     | ALTER TABLE shop.stocks SET (toast.autovacuum_enabled = off)",
        "rule's comment     | COMMENT ON RULE quiet ON shop.parts IS 'x'",
        "database's comment | DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS ''x''', current_database()); END $$",
        "view               | CREATE OR REPLACE VIEW shop.cheap AS SELECT id FROM shop.stocks WHERE cap < 11",
        "view's option      | ALTER VIEW shop.cheap SET (security_barrier = true)",
        "materialized view  | DROP MATERIALIZED VIEW shop.totals; CREATE MATERIALIZED VIEW shop.totals AS SELECT count(symbol) AS n FROM shop.stocks",
        "not populated      | REFRESH MATERIALIZED VIEW shop.totals WITH NO DATA",
        "function's body    | CREATE OR REPLACE FUNCTION shop.twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n + n'",
        "function's kind    | ALTER FUNCTION shop.twice(int) VOLATILE",
        "function's setting | ALTER FUNCTION shop.twice(int) SET work_mem = '1MB'",
        "function's grant   | REVOKE EXECUTE ON FUNCTION shop.twice(int) FROM PUBLIC",
        "procedure          | CREATE PROCEDURE shop.nothing() LANGUAGE sql AS 'SELECT 1'",
        "aggregate          | CREATE AGGREGATE shop.product(int) (SFUNC = int4mul, STYPE = int)",
        "aggregate's body   | CREATE OR REPLACE AGGREGATE shop.total(int) (SFUNC = int4mul, STYPE = int)",
        "trigger            | CREATE TRIGGER more BEFORE INSERT ON shop.stocks FOR EACH ROW EXECUTE FUNCTION shop.stamp()",
        "trigger disabled   | ALTER TABLE shop.stocks DISABLE TRIGGER stamps",
        "event trigger      | CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION e()",
        "rule               | CREATE OR REPLACE RULE quiet AS ON DELETE TO shop.parts DO ALSO NOTHING",
        "sequence           | ALTER SEQUENCE shop.numbers INCREMENT 2",
        "sequence's owner   | ALTER SEQUENCE shop.numbers OWNED BY shop.positions.id",
        "identity's start   | ALTER TABLE shop.stocks ALTER COLUMN id SET START 100",
        "enum's value       | ALTER TYPE shop.state RENAME VALUE 'open' TO 'opened'",
        "enum's new value   | ALTER TYPE shop.state ADD VALUE 'sold'",
        "domain's check     | ALTER DOMAIN shop.price ADD CHECK (VALUE < 1000)",
        "domain's default   | ALTER DOMAIN shop.price SET DEFAULT 1",
        "composite type     | ALTER TYPE shop.pair ADD ATTRIBUTE c int",
        "range type         | CREATE TYPE shop.span AS RANGE (subtype = int)",
        "row security       | ALTER TABLE shop.positions ENABLE ROW LEVEL SECURITY",
        "policy             | ALTER POLICY mine ON shop.positions USING (NOT open)",
        "policy's roles     | ALTER POLICY mine ON shop.positions TO reader",
        "grant              | GRANT SELECT ON shop.stocks TO reader",
        "schema's grant     | GRANT USAGE ON SCHEMA shop TO reader",
        "default privileges | ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO reader",
        "inheritance        | CREATE TABLE shop.child () INHERITS (shop.positions)",
        "statistics object  | CREATE STATISTICS shop.s ON stock, open FROM shop.positions",
        "extension          | CREATE EXTENSION pg_trgm",
        "cast               | CREATE CAST (shop.pair AS text) WITH INOUT AS ASSIGNMENT",
        "operator           | CREATE OPERATOR shop.@@@ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)",
        "collation          | CREATE COLLATION shop.german (LOCALE = 'C')",
        "publication        | CREATE PUBLICATION p FOR TABLE shop.stocks",
        "database's setting | DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''1MB''', current_database()); END $$",
        "role's setting     | ALTER ROLE reader SET work_mem = '1MB'",
        "database's grant   | DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO reader', current_database()); END $$",
      })
  void plantedDifference_isSeen(String kind, String planted) throws SQLException {
    assertThat(differences(planted)).as(kind).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO shop.stocks (symbol) VALUES ('new')",
        "DELETE FROM shop.positions",
        "ANALYZE shop.stocks",
        "SELECT nextval('shop.numbers')",
        "DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO PUBLIC', current_database()); END $$",
        "CREATE TEMPORARY TABLE t (n int); CREATE INDEX ON t (n)",
        "CREATE SCHEMA lockkeeper; CREATE TABLE lockkeeper.unit (n int)",
        "REFRESH MATERIALIZED VIEW shop.totals",
        "SET LOCAL work_mem = '1MB'",
        "ALTER TABLE shop.stocks ADD COLUMN extra int; ALTER TABLE shop.stocks DROP COLUMN extra",
        "DROP INDEX shop.idx_open; CREATE INDEX idx_open ON shop.positions (stock) WHERE open",
        "DROP VIEW shop.cheap; CREATE VIEW shop.cheap AS SELECT id FROM shop.stocks WHERE cap < 10",
      })
  void noise_isNotSeen(String noise) throws SQLException {
    assertThat(differences(noise)).isEmpty();
  }

  @Test
  void vacuum_isNotSeen() throws SQLException {
    Rows.execute(connection, "VACUUM (FULL, ANALYZE) shop.stocks");
    Rows.execute(connection, "REINDEX TABLE shop.positions");

    assertThat(Fingerprint.of(connection)).isEqualTo(before);
  }

  @Test
  void columnsInAnotherOrder_areTheSameSchema() throws SQLException {
    String moved =
        "ALTER TABLE shop.stocks DROP COLUMN note; ALTER TABLE shop.stocks ADD COLUMN note text";

    assertThat(differences(moved)).isEmpty();
  }

  @Test
  void differences_tellBothSidesAndAreCut() {
    Fingerprint old = new Fingerprint(List.of("column a", "index i"));
    Fingerprint after = new Fingerprint(List.of("column a", "index i unique", "table t"));

    assertThat(after.differences(old))
        .containsExactly("~ index i: was \"\", is \"unique\"", "+ table t");
    List<String> many = IntStream.range(0, 30).mapToObj(n -> "t" + n).toList();
    assertThat(new Fingerprint(many).differences(old)).hasSize(21).last().isEqualTo("and 12 more");
  }

  @Test
  void difference_tellsWhatItWasAndWhatItIs() throws SQLException {
    assertThat(
            differences(
                "ALTER TABLE shop.stocks ALTER COLUMN cap SET NOT NULL; ALTER TABLE shop.stocks"
                    + " RENAME COLUMN note TO remark; CREATE OR REPLACE FUNCTION shop.twice(n int)"
                    + " RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n + n'"))
        .hasSize(4)
        .contains("~ column shop.stocks.cap: was \"notnull false\", is \"notnull true\"")
        .anyMatch(line -> line.startsWith("+ column shop.stocks.remark type text "))
        .anyMatch(line -> line.startsWith("- column shop.stocks.note type text "))
        .anyMatch(
            line ->
                line.startsWith("~ routine shop.twice(integer): was ") && line.contains("n + n"));
  }

  private static Touched touched(String... relations) {
    return new Touched(
        Stream.of(relations).map(name -> QualifiedName.of("shop", name)).toList(),
        List.of(QualifiedName.of("shop", "twice")));
  }

  @Test
  void cheapOne_isOfWhatIsTouchedAndOfWhatIsItsOwn() throws SQLException {
    Fingerprint cheap = Fingerprint.cheap(connection, touched("stocks"));

    assertThat(before.lines()).containsAll(cheap.lines());
    assertThat(cheap.lines())
        .anyMatch(line -> line.startsWith("relation shop.stocks "))
        .anyMatch(line -> line.startsWith("column shop.stocks.note "))
        .anyMatch(line -> line.startsWith("index shop.stocks_pkey "))
        .anyMatch(line -> line.startsWith("constraint shop.stocks.stocks_cap_check "))
        .anyMatch(line -> line.startsWith("sequence shop.stocks_id_seq "))
        .anyMatch(line -> line.startsWith("trigger shop.stocks.stamps "))
        .anyMatch(line -> line.startsWith("routine shop.stamp() "))
        .anyMatch(line -> line.startsWith("routine shop.twice(integer) "))
        .anyMatch(line -> line.startsWith("view shop.cheap "))
        .anyMatch(line -> line.startsWith("view shop.totals "))
        .noneMatch(line -> line.contains(" shop.positions.") || line.startsWith("type "));
  }

  @Test
  void cheapOneOfAnIndex_isOfItsTable() throws SQLException {
    assertThat(Fingerprint.cheap(connection, touched("idx_open")))
        .isEqualTo(Fingerprint.cheap(connection, touched("positions")));
  }

  /** The benchmark has 100,000: this shows that the others are not read. */
  @Test
  void cheapOne_doesNotGrowWithWhatElseIsThere() throws SQLException {
    Fingerprint alone = Fingerprint.cheap(connection, touched("stocks"));
    connection.setAutoCommit(false);
    Rows.execute(
        connection,
        "DO $$ BEGIN FOR n IN 1..1000 LOOP EXECUTE format('CREATE INDEX many_%s ON shop.positions"
            + " (id)', n); END LOOP; END $$");
    Rows.execute(connection, "SET LOCAL search_path = ''");

    long began = System.nanoTime();
    Fingerprint among = Fingerprint.readCheap(connection, touched("stocks"));
    double seconds = (System.nanoTime() - began) / 1e9;
    connection.rollback();

    assertThat(among).isEqualTo(alone);
    assertThat(seconds).isLessThan(1);
  }

  @Test
  void packedFingerprint_isTheSameUnpacked() throws SQLException {
    Fingerprint whole = Fingerprint.of(connection);

    assertThat(whole.lines()).hasSizeGreaterThan(30).anyMatch(line -> line.contains("\n"));
    assertThat(Fingerprint.unpack(whole.pack())).isEqualTo(whole);
  }

  @Test
  void taking_leavesTheConnectionAsItWas() throws SQLException {
    Fingerprint.of(connection);

    assertThat(connection.getAutoCommit()).isTrue();
    String path = Rows.one(connection, "SHOW search_path", row -> row.getString(1));
    assertThat(path).contains("public");
    Rows.execute(connection, "CREATE TEMPORARY TABLE writes (n int)");
  }

  /** What the engine's role may not see must not look like a difference. */
  @Test
  void engineWithoutRightsOnTheTables_seesTheSame() throws SQLException {
    try (Connection engine = DATABASE.session("engine")) {
      assertThat(Fingerprint.of(engine)).isEqualTo(Fingerprint.of(connection));
    }
  }
}
