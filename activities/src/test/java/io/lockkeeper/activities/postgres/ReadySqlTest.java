package io.lockkeeper.activities.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.change.ChangeReader;
import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.section.Script;
import io.lockkeeper.section.Statement;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The SQL that lint offers is taken by a real server, and does what the bad one would have. */
class ReadySqlTest {
  @AutoClose private final Database database = Server.fresh();

  @BeforeEach
  void tables() {
    database.sql(
        """
        CREATE TABLE customers (id bigint PRIMARY KEY);
        INSERT INTO customers SELECT generate_series(1, 20);
        CREATE TABLE "Orders" (id bigint, customer_id bigint, "user" text DEFAULT 'x', total int);
        INSERT INTO "Orders" SELECT n, n % 20 + 1, 'u' || n, n FROM generate_series(1, 100) n;
        CREATE INDEX idx_old ON "Orders" (total);
        CREATE MATERIALIZED VIEW sums AS SELECT customer_id, sum(total) FROM "Orders" GROUP BY 1;
        CREATE UNIQUE INDEX ON sums (customer_id);
        CREATE TABLE events (id bigint, at int) PARTITION BY RANGE (at);
        CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (10);
        """);
  }

  private static Finding finding(String sql, String code) {
    Findings findings = new Findings();
    ChangeReader.read(
        new TreeMap<>(
            Map.of(
                "change.yaml",
                ("change: one-act\nwhy: x\nrisk: high\nrollback: { forward_only: a case }\n"
                        + "through: [dev]\n")
                    .getBytes(UTF_8),
                "sql/10_a.sql",
                sql.getBytes(UTF_8))),
        findings);
    return findings.all().stream().filter(f -> f.code().equals(code)).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain-index-build | CREATE INDEX i ON \"Orders\" (\"user\", total DESC) WHERE total > 1 |"
            + " indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass",
        "if-not-exists | CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON \"Orders\" (id) | indisvalid"
            + " FROM pg_index WHERE indexrelid = 'i'::regclass",
        "plain-index-drop | DROP INDEX IF EXISTS idx_old | to_regclass('idx_old') IS NULL",
        "plain-reindex | REINDEX TABLE \"Orders\" | true",
        "plain-refresh | REFRESH MATERIALIZED VIEW sums | true",
        "not-null-scan | ALTER TABLE \"Orders\" ALTER \"user\" SET NOT NULL | bool_and(attnotnull)"
            + " FROM pg_attribute WHERE attrelid = '\"Orders\"'::regclass AND attname = 'user'",
        "foreign-key-scan | ALTER TABLE \"Orders\" ADD CONSTRAINT f FOREIGN KEY (customer_id)"
            + " REFERENCES customers ON DELETE CASCADE | convalidated FROM pg_constraint WHERE"
            + " conname = 'f'",
        "check-scan | ALTER TABLE \"Orders\" ADD CONSTRAINT c CHECK (total > 0 AND id > 0) |"
            + " convalidated FROM pg_constraint WHERE conname = 'c'",
        "key-build | ALTER TABLE \"Orders\" ADD UNIQUE (id, \"user\") | contype = 'u' FROM"
            + " pg_constraint WHERE conrelid = '\"Orders\"'::regclass",
        "key-build | ALTER TABLE \"Orders\" ADD CONSTRAINT k PRIMARY KEY (id) | contype = 'p' FROM"
            + " pg_constraint WHERE conname = 'k'",
        "volatile-default | ALTER TABLE \"Orders\" ADD COLUMN t uuid DEFAULT gen_random_uuid() |"
            + " count(DISTINCT t) = 100 FROM \"Orders\"",
        "unique-build | CREATE UNIQUE INDEX CONCURRENTLY i ON \"Orders\" (customer_id) WHERE total"
            + " > 5 | true",
        "plain-detach | ALTER TABLE events DETACH PARTITION events_1 | NOT relispartition FROM"
            + " pg_class WHERE relname = 'events_1'",
        "definer-search-path | CREATE FUNCTION f(a int, b text DEFAULT 'x') RETURNS int LANGUAGE"
            + " sql SECURITY DEFINER AS 'SELECT 1' | proconfig IS NOT NULL FROM pg_proc WHERE"
            + " proname = 'f'",
        "session-setting | SET work_mem = '8MB' | true",
      })
  void readySql_isTakenByTheServer(String code, String bad, String holds) {
    Finding finding = finding(bad, code);
    if (code.equals("definer-search-path")) {
      database.sql(bad);
    }

    for (Statement statement : Script.split(finding.fix().orElseThrow())) {
      database.sql(statement.text());
    }

    assertThat(database.holds(holds)).isTrue();
  }
}
