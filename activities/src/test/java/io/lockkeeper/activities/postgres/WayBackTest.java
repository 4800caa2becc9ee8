package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the ledger says takes a statement back does: the schema is then as before. */
class WayBackTest {
  private static final String SCHEMA =
      """
      CREATE SCHEMA app;
      CREATE TABLE u (id int PRIMARY KEY, x text);
      CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL DEFAULT 7, b text DEFAULT lower('X'),
        n int, CONSTRAINT chk CHECK (a > 0), CONSTRAINT uniq UNIQUE (b) DEFERRABLE);
      INSERT INTO u VALUES (7, 'x');
      INSERT INTO t (id) VALUES (1);
      ALTER TABLE t ADD CONSTRAINT later CHECK (n > 0) NOT VALID;
      ALTER TABLE t ADD CONSTRAINT ref FOREIGN KEY (a) REFERENCES u;
      CREATE INDEX i ON t (a) WHERE b IS NOT NULL;
      COMMENT ON INDEX i IS 'of a';
      CREATE UNIQUE INDEX w ON t (n);
      CREATE INDEX ci ON t (n, a);
      ALTER TABLE t CLUSTER ON ci;
      ALTER TABLE t SET (fillfactor = 80);
      ALTER TABLE t ALTER a SET STATISTICS 200;
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE FUNCTION may(_org int, OUT ok boolean) STABLE SECURITY DEFINER LANGUAGE plpgsql
        SET search_path = pg_catalog AS 'BEGIN ok := true; END';
      REVOKE ALL ON FUNCTION may(int) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION may(int) TO reader;
      COMMENT ON FUNCTION may(int) IS 'who may';
      CREATE PROCEDURE app.p(INOUT a int) LANGUAGE sql AS 'SELECT 1';
      CREATE TRIGGER trg BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.a > 1) EXECUTE FUNCTION f();
      ALTER TABLE t DISABLE TRIGGER trg;
      COMMENT ON TRIGGER trg ON t IS 'why';
      CREATE POLICY "Some rows" ON t AS RESTRICTIVE FOR SELECT TO reader, PUBLIC
        USING (a IN (SELECT id FROM u) AND may(a));
      COMMENT ON POLICY "Some rows" ON t IS 'some';
      CREATE RULE r AS ON UPDATE TO u WHERE NEW.id = 5 DO INSTEAD NOTHING;
      CREATE VIEW v WITH (security_barrier = true) AS SELECT id, a AS "A a" FROM t WHERE a > 1;
      GRANT SELECT ON v TO reader WITH GRANT OPTION;
      COMMENT ON COLUMN v."A a" IS 'a of t';
      CREATE MATERIALIZED VIEW m AS SELECT id FROM u;
      CREATE UNIQUE INDEX mi ON m (id);
      GRANT SELECT ON m TO PUBLIC;
      CREATE SEQUENCE s;
      CREATE TYPE mood AS ENUM ('ok');
      CREATE TABLE parted (id int, k int) PARTITION BY LIST (k);
      CREATE TABLE part_one PARTITION OF parted FOR VALUES IN (1);
      CREATE TABLE part_two (id int, k int);
      CREATE TABLE base (id int, a int, b text);
      COMMENT ON TABLE t IS 'it''s t';
      CREATE SCHEMA empty_one;
      GRANT USAGE ON SCHEMA empty_one TO reader;
      GRANT INSERT ON u TO reader;
      """;

  /** One for all: each statement is taken back again. */
  @AutoClose private static final Database database = Server.fresh();

  private static Engine engine;

  @BeforeAll
  static void schema() {
    database.sql(SCHEMA);
    engine = Engine.granted(database);
  }

  private static Fingerprint fingerprint() throws SQLException {
    return new TargetLedger(database.target()).fingerprint();
  }

  private static List<String> inverse() {
    return database.list("SELECT unnest(inverse) FROM lockkeeper.unit ORDER BY unit");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE n (id serial PRIMARY KEY, a int REFERENCES u)",
        "CREATE TABLE app.n AS SELECT * FROM t",
        "CREATE TABLE IF NOT EXISTS n (id int)",
        "CREATE TABLE IF NOT EXISTS t (id int)",
        "CREATE TEMPORARY TABLE n (id int)",
        "CREATE VIEW n AS SELECT * FROM t",
        "CREATE OR REPLACE VIEW n AS SELECT 1 AS one",
        "CREATE OR REPLACE VIEW v AS SELECT id, a AS \"A a\" FROM t",
        "CREATE OR REPLACE VIEW v AS SELECT id, a AS \"A a\", b FROM t",
        "DROP VIEW v",
        "DROP VIEW IF EXISTS v, none",
        "CREATE MATERIALIZED VIEW n AS SELECT * FROM t",
        "DROP MATERIALIZED VIEW m",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
        "CREATE SEQUENCE app.n",
        "CREATE TYPE n AS ENUM ('a')",
        "CREATE DOMAIN n AS int CHECK (VALUE > 0)",
        "CREATE SCHEMA n",
        "CREATE SCHEMA IF NOT EXISTS app",
        "DROP SCHEMA empty_one",
        "CREATE STATISTICS n ON a, b FROM t",
        "CREATE FUNCTION n(a int DEFAULT 5, VARIADIC b text[] = '{}') RETURNS int LANGUAGE sql AS"
            + " 'SELECT 1'",
        "CREATE FUNCTION n(a mood, b double precision) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION may(_org int, OUT ok boolean) LANGUAGE sql AS 'SELECT false'",
        "CREATE OR REPLACE PROCEDURE app.p(INOUT a int) LANGUAGE sql AS 'SELECT 2'",
        "DROP FUNCTION IF EXISTS app.none()",
        "ALTER FUNCTION f() STRICT",
        "ALTER FUNCTION f() RENAME TO g",
        "ALTER FUNCTION f() SET SCHEMA app",
        "ALTER PROCEDURE app.p SET search_path = pg_catalog",
        "DROP PROCEDURE app.p",
        "CREATE POLICY n ON t FOR SELECT TO reader USING (true)",
        "ALTER POLICY \"Some rows\" ON t USING (false)",
        "ALTER POLICY \"Some rows\" ON t RENAME TO other",
        "DROP POLICY \"Some rows\" ON t",
        "DROP POLICY IF EXISTS none ON t",
        "CREATE TRIGGER n AFTER DELETE ON t EXECUTE FUNCTION f()",
        "CREATE OR REPLACE TRIGGER trg BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "ALTER TRIGGER trg ON t RENAME TO other",
        "DROP TRIGGER trg ON t",
        "CREATE RULE n AS ON DELETE TO u DO INSTEAD NOTHING",
        "CREATE OR REPLACE RULE r AS ON UPDATE TO u DO INSTEAD NOTHING",
        "DROP RULE r ON u",
        "GRANT SELECT, UPDATE ON t, u TO reader",
        "GRANT INSERT ON u TO reader",
        "GRANT ALL ON PROCEDURE app.p(int) TO reader",
        "REVOKE ALL ON FUNCTION may(int) FROM reader",
        "REVOKE EXECUTE ON FUNCTION f FROM PUBLIC",
        "GRANT USAGE, CREATE ON SCHEMA app TO reader",
        "GRANT USAGE ON SEQUENCE s TO reader",
        "REVOKE SELECT ON v FROM reader",
        "COMMENT ON TABLE t IS 'other'",
        "COMMENT ON TABLE u IS 'new'",
        "COMMENT ON COLUMN public.v.\"A a\" IS NULL",
        "COMMENT ON FUNCTION may(int) IS 'x'",
        "COMMENT ON POLICY \"Some rows\" ON t IS 'x'",
        "COMMENT ON CONSTRAINT chk ON t IS 'x'",
        "COMMENT ON SCHEMA app IS 'x'",
        "COMMENT ON INDEX i IS NULL",
        "COMMENT ON TYPE mood IS 'x'",
        "ALTER TABLE t ALTER a SET DEFAULT 8",
        "ALTER TABLE t ALTER a DROP DEFAULT",
        "ALTER TABLE t ALTER n SET DEFAULT 8",
        "ALTER TABLE u ALTER x SET NOT NULL",
        "ALTER TABLE t ALTER a SET NOT NULL",
        "ALTER TABLE t ALTER a DROP NOT NULL",
        "ALTER TABLE t ALTER a SET STATISTICS 500",
        "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID",
        "ALTER TABLE t ADD CHECK (a > 0), ADD UNIQUE (a), ADD FOREIGN KEY (n) REFERENCES u",
        "ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX w",
        "ALTER TABLE t VALIDATE CONSTRAINT later",
        "ALTER TABLE t VALIDATE CONSTRAINT chk",
        "ALTER TABLE t DROP CONSTRAINT chk",
        "ALTER TABLE t DROP CONSTRAINT later",
        "ALTER TABLE t DROP CONSTRAINT ref",
        "ALTER TABLE t DROP CONSTRAINT uniq",
        "ALTER TABLE t DROP CONSTRAINT t_pkey",
        "ALTER TABLE t DROP CONSTRAINT IF EXISTS none",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "ALTER TABLE t DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE t ENABLE TRIGGER trg",
        "ALTER TABLE t DISABLE TRIGGER USER",
        "ALTER TABLE t SET SCHEMA app",
        "ALTER TABLE t RENAME TO other",
        "ALTER TABLE t RENAME COLUMN n TO other",
        "ALTER TABLE t RENAME CONSTRAINT chk TO other",
        "ALTER INDEX i RENAME TO other",
        "ALTER VIEW v RENAME TO other",
        "ALTER SEQUENCE s RENAME TO other",
        "ALTER TABLE parted ATTACH PARTITION part_two FOR VALUES IN (2)",
        "ALTER TABLE parted DETACH PARTITION part_one",
        "ALTER TABLE t SET (fillfactor = 70, autovacuum_enabled = off)",
        "ALTER TABLE t RESET (fillfactor)",
        "ALTER INDEX w SET (fillfactor = 70)",
        "ALTER TABLE t CLUSTER ON w",
        "ALTER TABLE t SET WITHOUT CLUSTER",
        "ALTER TABLE t INHERIT base",
        "ALTER TABLE IF EXISTS none RENAME TO other",
        "CREATE INDEX n ON t (b)",
        "CREATE INDEX IF NOT EXISTS n ON t (b)",
        "CREATE INDEX n ON parted (k)",
        "CREATE INDEX CONCURRENTLY n ON t (b)",
        "DROP INDEX i",
        "DROP INDEX w, i",
        "DROP INDEX CONCURRENTLY ci",
        "DROP INDEX CONCURRENTLY i",
        "DROP INDEX CONCURRENTLY IF EXISTS none",
        "REINDEX TABLE CONCURRENTLY t",
        "VACUUM t",
        "SET LOCAL work_mem = '1MB'",
        "CREATE TABLE n (a int); ALTER TABLE n ADD COLUMN b int NOT NULL DEFAULT 1, ADD CONSTRAINT"
            + " c CHECK (a > b); CREATE INDEX ni ON n (a); CREATE POLICY p ON n USING (true); ALTER"
            + " TABLE n ENABLE ROW LEVEL SECURITY; GRANT SELECT ON n TO reader; COMMENT ON TABLE n IS"
            + " 'n'; ALTER TABLE n RENAME TO nn; INSERT INTO nn VALUES (3)",
        "ALTER TABLE t ADD CONSTRAINT k CHECK (n IS NOT NULL) NOT VALID; ALTER TABLE t VALIDATE"
            + " CONSTRAINT chk; ALTER TABLE t DROP CONSTRAINT k",
      })
  void statement_isTakenBackToTheFingerprintOfBefore(String sql) throws SQLException {
    Fingerprint before = fingerprint();

    StepResult applied = engine.apply(sql);

    assertThat(applied.verdict()).as(applied.sentence()).isEqualTo(Verdict.PASS);
    StepResult reverted = engine.revert();
    assertThat(reverted.verdict()).as(reverted.sentence()).isEqualTo(Verdict.PASS);
    assertThat(fingerprint().differences(before)).isEmpty();
  }

  @Test
  void addedColumn_staysWithoutWhatOthersWouldStumbleOver() {
    database.sql("CREATE TABLE c (id int)");
    engine.apply(
        "ALTER TABLE c ADD COLUMN flag boolean NOT NULL DEFAULT true, ADD COLUMN at timestamptz"
            + " DEFAULT now(), ADD COLUMN g bigint GENERATED ALWAYS AS IDENTITY");

    engine.revert();

    database.sql("INSERT INTO c (id) VALUES (1)");
    assertThat(
            database.list(
                "SELECT attname || ' ' || attnotnull || ' ' || atthasdef || ' ' || attidentity::text"
                    + " FROM pg_attribute WHERE attrelid = 'c'::regclass AND attnum > 1"
                    + " ORDER BY attnum"))
        .containsExactly("flag false false ", "at false false ", "g false false ");
    assertThat(inverse())
        .contains(
            "ALTER TABLE \"public\".\"c\" ALTER COLUMN \"flag\" DROP NOT NULL, ALTER COLUMN \"flag\""
                + " DROP DEFAULT");
    database.sql("DROP TABLE c");
  }

  @Test
  void addedColumn_isDroppedWhereTheSectionSaysItMayLoseData() throws SQLException {
    Fingerprint before = fingerprint();
    engine.applyLosingData(
        "ALTER TABLE t ADD COLUMN flag boolean NOT NULL DEFAULT true UNIQUE CHECK (flag),"
            + " ADD COLUMN IF NOT EXISTS a int");

    StepResult reverted = engine.revert();

    assertThat(reverted.verdict()).as(reverted.sentence()).isEqualTo(Verdict.PASS);
    assertThat(fingerprint().differences(before)).isEmpty();
  }

  @Test
  void columnThatWasThere_isNotTouchedOnTheWayBack() throws SQLException {
    Fingerprint before = fingerprint();
    engine.applyLosingData(
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int, ADD COLUMN IF NOT EXISTS n int");

    engine.revert();

    assertThat(fingerprint().differences(before)).isEmpty();
    assertThat(inverse()).isEmpty();
  }

  @Test
  void definitionThatIsMoreThanOneStatement_isNotRun() {
    assertThatThrownBy(() -> Former.one("CREATE VIEW v AS SELECT 1; DROP TABLE t"))
        .isInstanceOf(SQLException.class)
        .hasMessage(
            "a definition in the catalog is not one statement, so it is not used to take the change"
                + " back: write a script that does");
  }
}
