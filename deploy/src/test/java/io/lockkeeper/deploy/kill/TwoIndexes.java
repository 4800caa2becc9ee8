package io.lockkeeper.deploy.kill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.ServerLog.Ran;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A change of two indexes, one of which is built slowly, on a table made anew; and what must be
 * true of both whoever died meanwhile.
 *
 * @param before how often the log had each build before
 */
record TwoIndexes(Parts parts, Map<String, Integer> before) {
  private static final String BUILD = "CREATE INDEX CONCURRENTLY idx_slow ON items (slowly(id));";
  private static final String QUICK = "CREATE INDEX CONCURRENTLY idx_quick ON items (name);";

  static TwoIndexes on(Parts parts) {
    parts
        .target()
        .execute(
            """
            DROP TABLE IF EXISTS items;
            CREATE OR REPLACE FUNCTION slowly(id bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE
              AS $$ BEGIN IF id % 10000 = 0 THEN PERFORM pg_sleep(0.4); END IF; RETURN id; END $$;
            CREATE TABLE items AS
              SELECT i::bigint AS id, md5(i::text) AS name FROM generate_series(1, 50000) i;
            ALTER TABLE items OWNER TO lk_exec;
            """);
    Map<String, Integer> before = new HashMap<>();
    for (String index : List.of("idx_slow", "idx_quick")) {
      before.put(index, parts.log().ran("CREATE INDEX CONCURRENTLY " + index).size());
    }
    return new TwoIndexes(parts, before);
  }

  static byte[] change(String name, String stage, String... more) {
    return Change.of(
        "change: "
            + name
            + "\nwhy: a test\nrisk: low\nthrough:\n  - "
            + stage
            + "\n"
            + String.join("\n", more),
        "sql/10_slow.sql",
        BUILD,
        "sql/20_quick.sql",
        QUICK);
  }

  void building() {
    Await.until(
        "the server shows the build",
        () ->
            parts
                .target()
                .list(
                    "SELECT phase FROM pg_stat_progress_create_index WHERE phase LIKE 'building%'"),
        list -> !list.isEmpty());
  }

  void sampling(String id) {
    Await.until(
        "the first sample is taken",
        () -> parts.promotion(id).path("progress").toString(),
        progress -> progress.contains("figures at"));
  }

  List<String> validIndexes() {
    return parts
        .target()
        .list(
            """
            SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid
            WHERE relname IN ('idx_slow', 'idx_quick') AND indisvalid ORDER BY 1
            """);
  }

  /** Whatever was begun, one statement for each index has completed, and none began after that. */
  void assertBuiltOnce() {
    assertThat(validIndexes()).containsExactly("idx_quick", "idx_slow");
    for (String index : List.of("idx_slow", "idx_quick")) {
      List<Ran> builds = builds(index);
      assertThat(builds).filteredOn(Ran::completed).as(index).hasSize(1);
      assertThat(builds.get(builds.size() - 1).completed()).as(index).isTrue();
    }
    assertThat(builds("idx_quick")).hasSize(1);
  }

  List<Ran> builds(String index) {
    return parts.log().ran("CREATE INDEX CONCURRENTLY " + index).stream()
        .skip(before.get(index))
        .toList();
  }

  void assertNothingLeft() {
    assertThat(
            parts
                .target()
                .list("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"))
        .isEmpty();
    assertThat(parts.target().list("SELECT holder FROM lockkeeper.lease WHERE held")).isEmpty();
    Await.until(
        "no session holds a lock on the table",
        () ->
            parts
                .target()
                .list(
                    """
                    SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                    WHERE l.locktype IN ('advisory', 'relation') AND l.pid <> pg_backend_pid()
                      AND a.usename = 'lk_exec' AND (l.locktype = 'advisory'
                        OR l.relation IN ('items'::regclass::oid))
                    """),
        List::isEmpty);
  }

  static String type(JsonNode content) {
    return content.path("event").path("type").asText();
  }
}
