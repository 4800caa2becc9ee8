package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Gate;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.section.LockMode;
import io.lockkeeper.section.LockUse;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.Unit;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a real server takes the locks that a statement's meaning tells. */
class LocksTest {
  private static final String TABLES =
      """
      CREATE TABLE u (id int PRIMARY KEY, x text);
      CREATE TABLE t (id int PRIMARY KEY, a int, b text, at timestamptz);
      CREATE INDEX i ON t (a);
      CREATE UNIQUE INDEX w ON t (b);
      ALTER TABLE t ADD CONSTRAINT chk CHECK (a > 0) NOT VALID;
      ALTER TABLE t ADD CONSTRAINT ref FOREIGN KEY (a) REFERENCES u NOT VALID;
      CREATE VIEW v AS SELECT id FROM u;
      CREATE MATERIALIZED VIEW m AS SELECT id FROM u;
      CREATE UNIQUE INDEX mi ON m (id);
      CREATE SEQUENCE s;
      CREATE TABLE parted (id int, k int) PARTITION BY LIST (k);
      CREATE TABLE part_one PARTITION OF parted FOR VALUES IN (1);
      CREATE TABLE part_two (id int, k int);
      CREATE INDEX parted_i ON ONLY parted (k);
      CREATE INDEX part_one_i ON part_one (k);
      CREATE TABLE base (id int);
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER trg BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
      CREATE POLICY pol ON t USING (true);
      CREATE TYPE mood AS ENUM ('ok');
      """;

  private static final Set<String> RELATIONS =
      Set.of(
          "t",
          "u",
          "i",
          "w",
          "v",
          "m",
          "mi",
          "s",
          "parted",
          "part_one",
          "part_two",
          "parted_i",
          "part_one_i",
          "base");

  /** One for all: every statement is rolled back. */
  @AutoClose private static final Database database = Server.fresh();

  @BeforeAll
  static void tables() {
    database.sql(TABLES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE t ADD COLUMN c int DEFAULT 1 NOT NULL",
        "ALTER TABLE t ADD COLUMN c int REFERENCES u",
        "ALTER TABLE t DROP COLUMN b",
        "ALTER TABLE t ALTER a SET DEFAULT 1",
        "ALTER TABLE t ALTER a DROP DEFAULT",
        "ALTER TABLE t ALTER a SET NOT NULL",
        "ALTER TABLE t ALTER a DROP NOT NULL",
        "ALTER TABLE t ALTER a TYPE bigint",
        "ALTER TABLE t ALTER a SET STATISTICS 500",
        "ALTER TABLE t ALTER a SET (n_distinct = 5)",
        "ALTER TABLE t ALTER b SET STORAGE external",
        "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0)",
        "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID",
        "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (id)",
        "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u NOT VALID",
        "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a)",
        "ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX w",
        "ALTER TABLE t ADD EXCLUDE USING btree (a WITH =)",
        "ALTER TABLE t VALIDATE CONSTRAINT chk",
        "ALTER TABLE t VALIDATE CONSTRAINT ref",
        "ALTER TABLE t DROP CONSTRAINT chk",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE t FORCE ROW LEVEL SECURITY",
        "ALTER TABLE t DISABLE TRIGGER trg",
        "ALTER TABLE t ENABLE ALWAYS TRIGGER trg",
        "ALTER TABLE t OWNER TO engine",
        "ALTER TABLE t RENAME TO tt",
        "ALTER TABLE t RENAME a TO aa",
        "ALTER TABLE t RENAME CONSTRAINT chk TO chk2",
        "ALTER TABLE t SET (fillfactor = 70, autovacuum_enabled = off)",
        "ALTER TABLE t SET (user_catalog_table = true)",
        "ALTER TABLE t RESET (fillfactor)",
        "ALTER TABLE t SET UNLOGGED",
        "ALTER TABLE t CLUSTER ON i",
        "ALTER TABLE t REPLICA IDENTITY FULL",
        "ALTER TABLE t INHERIT base",
        "ALTER TABLE t SET (fillfactor = 70), VALIDATE CONSTRAINT chk",
        "ALTER TABLE t VALIDATE CONSTRAINT chk, ALTER a SET DEFAULT 1",
        "ALTER TABLE parted ATTACH PARTITION part_two FOR VALUES IN (2)",
        "ALTER TABLE parted DETACH PARTITION part_one",
        "ALTER INDEX parted_i ATTACH PARTITION part_one_i",
        "ALTER INDEX i RENAME TO j",
        "ALTER INDEX i SET (fillfactor = 70)",
        "ALTER VIEW v RENAME TO vv",
        "ALTER SEQUENCE s RESTART WITH 5",
        "ALTER SEQUENCE s OWNER TO engine",
        "CREATE INDEX j ON t (at)",
        "DROP INDEX i",
        "REINDEX INDEX i",
        "REINDEX TABLE t",
        "CLUSTER t USING i",
        "ANALYZE t",
        "CREATE TABLE n (a int REFERENCES u)",
        "CREATE TABLE n (LIKE t)",
        "CREATE TABLE n (a int) INHERITS (base)",
        "CREATE TABLE n PARTITION OF parted FOR VALUES IN (3)",
        "CREATE TABLE n AS SELECT * FROM t",
        "DROP TABLE part_two, base",
        "CREATE VIEW n AS SELECT a FROM t JOIN u USING (id)",
        "CREATE OR REPLACE VIEW v AS SELECT id FROM u",
        "DROP VIEW v",
        "CREATE MATERIALIZED VIEW n AS SELECT a FROM t",
        "REFRESH MATERIALIZED VIEW m",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
        "DROP MATERIALIZED VIEW m",
        "DROP SEQUENCE s",
        "CREATE STATISTICS n ON a, b FROM t",
        "CREATE POLICY n ON t FOR SELECT USING (a IN (SELECT id FROM base))",
        "ALTER POLICY pol ON t RENAME TO q",
        "DROP POLICY pol ON t",
        "CREATE TRIGGER n AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "DROP TRIGGER trg ON t",
        "CREATE RULE n AS ON INSERT TO u DO INSTEAD NOTHING",
        "GRANT SELECT ON t TO reader",
        "COMMENT ON TABLE t IS 'x'",
        "COMMENT ON COLUMN t.a IS 'x'",
        "COMMENT ON INDEX i IS 'x'",
        "COMMENT ON POLICY pol ON t IS 'x'",
        "COMMENT ON CONSTRAINT chk ON t IS 'x'",
        "INSERT INTO u SELECT a, b FROM t",
        "UPDATE u SET x = 'y' FROM t WHERE t.a = u.id",
        "DELETE FROM part_two USING t WHERE t.a = part_two.id",
        "MERGE INTO base USING t ON t.id = base.id WHEN MATCHED THEN DELETE",
        "TRUNCATE t",
        "SELECT * FROM t, u FOR UPDATE",
        "SELECT * FROM t WHERE a IN (SELECT id FROM u)",
        "WITH g AS (DELETE FROM base RETURNING id) SELECT * FROM g, t",
        "LOCK TABLE t, u IN SHARE ROW EXCLUSIVE MODE",
        "ALTER TYPE mood ADD VALUE 'sad'",
        "DO $$ BEGIN END $$",
      })
  void locksOfAStatement_areThoseOfTheServer(String sql) throws SQLException {
    Unit unit = Unit.read(sql).get(0);
    try (Connection session = database.session("app")) {
      session.setAutoCommit(false);
      int pid = Rows.one(session, "SELECT pg_backend_pid()", row -> row.getInt(1));
      // Our own look must not show.
      session.commit();
      Map<String, LockMode> named = new TreeMap<>();
      Map<String, String> oids = oids();

      Rows.execute(session, sql);

      for (String lock : locks(pid)) {
        String[] parts = lock.split(" ");
        String relation = oids.get(parts[0]);
        if (relation != null && names(unit).contains(relation)) {
          named.merge(relation, mode(parts[1]), (a, b) -> a.compareTo(b) > 0 ? a : b);
        }
      }
      session.rollback();
      assertThat(told(unit)).isEqualTo(named);
    }
  }

  /** The statement's own words that are relations here. */
  private static Set<String> names(Unit unit) {
    return unit.statements().get(0).statement().tokens().stream()
        .map(token -> token.text().toLowerCase(Locale.ROOT))
        .filter(RELATIONS::contains)
        .collect(Collectors.toSet());
  }

  private static Map<String, LockMode> told(Unit unit) {
    Map<String, LockMode> told = new TreeMap<>();
    for (LockUse lock : unit.locks()) {
      told.put(lock.relation().name(), lock.mode());
    }
    return told;
  }

  private static Map<String, String> oids() {
    return database
        .list(
            "SELECT oid || ' ' || relname FROM pg_class"
                + " WHERE relnamespace = 'public'::regnamespace")
        .stream()
        .collect(Collectors.toMap(line -> line.split(" ")[0], line -> line.split(" ")[1]));
  }

  private static List<String> locks(int pid) {
    return database.list(
        "SELECT relation || ' ' || mode FROM pg_locks WHERE locktype = 'relation' AND granted"
            + " AND pid = "
            + pid);
  }

  /** {@code ShareRowExclusiveLock}. */
  private static LockMode mode(String name) {
    return Arrays.stream(LockMode.values())
        .filter(mode -> (mode.name().replace("_", "") + "LOCK").equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void concurrentBuild_letsWritersPass() throws Exception {
    try (Gate gate = Gate.closed(database);
        Connection session = database.session("builder")) {
      Unit unit = Unit.read("CREATE INDEX CONCURRENTLY slow ON u (gate(id))").get(0);
      database.sql("INSERT INTO u VALUES (1)");
      int pid = Rows.one(session, "SELECT pg_backend_pid()", row -> row.getInt(1));
      Background<Boolean> building =
          Background.run(
              () -> session.createStatement().execute(unit.statements().get(0).statement().text()));
      gate.awaitWaiter();

      List<String> modes =
          database.list(
              "SELECT mode FROM pg_locks WHERE relation = 'u'::regclass AND granted AND pid = "
                  + pid);

      assertThat(unit.locks())
          .containsExactly(new LockUse(LockMode.SHARE_UPDATE_EXCLUSIVE, QualifiedName.of("u")));
      assertThat(modes).containsExactly("ShareUpdateExclusiveLock");
      gate.open();
      building.result();
    }
  }
}
