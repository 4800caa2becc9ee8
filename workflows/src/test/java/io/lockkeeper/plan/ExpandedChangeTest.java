package io.lockkeeper.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.BundleFiles;
import io.lockkeeper.change.Change;
import io.lockkeeper.change.ChangeReader;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.fixture.Bundles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The long form is a change that a person could have written: it reads back as the same one. */
class ExpandedChangeTest {
  private static final String[] FILES = {
    "sql/10_stocks.sql",
    "CREATE INDEX CONCURRENTLY idx_stocks_sector ON stocks (sector);",
    "sql/20_positions.sql",
    "DELETE FROM positions;",
    "sql/20_positions.down.sql",
    "INSERT INTO positions SELECT * FROM kept;",
    "checks/rows.sql",
    "SELECT count(*)\n  FROM stocks  \n -- all of them\n"
  };

  private static final String SHORTEST =
      "change: one-index\nwhy: One index for the screener\nthrough: [dev]\n";

  private static String everyKey() throws IOException {
    try (InputStream in = ExpandedChangeTest.class.getResourceAsStream("/every-key.yaml")) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  /** The folders of the examples, whatever they are. */
  static Stream<Path> examples() throws IOException {
    Path examples = Path.of("..", "deploy", "examples");
    try (Stream<Path> folders = Files.list(examples)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve(BundleFiles.CHANGE)))
          .sorted()
          .toList()
          .stream();
    }
  }

  private static Bundle again(Bundle bundle) {
    SortedMap<String, byte[]> files = new TreeMap<>(bundle.files());
    files.put(BundleFiles.CHANGE, ExpandedChange.yaml(bundle.change()).getBytes(UTF_8));
    Findings findings = new Findings();
    return ChangeReader.read(files, findings)
        .orElseThrow(() -> new AssertionError("findings: " + findings.all()));
  }

  private static void readsBackAsItself(Bundle bundle) {
    Bundle again = again(bundle);

    assertThat(again.change()).isEqualTo(bundle.change());
    assertThat(again.hash()).isEqualTo(bundle.hash());
  }

  @Test
  void everyKey_readsBackAsTheSameChange() throws IOException {
    readsBackAsItself(Bundles.of(everyKey(), FILES));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void example_readsBackAsTheSameChange(Path example) {
    Findings findings = new Findings();

    readsBackAsItself(
        ChangeReader.read(BundleFiles.ofFolder(example, findings), findings).orElseThrow());
  }

  /** What is dropped, odd or easily taken for something else in YAML. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "guard: [locks.caused_wait = off, replication.lag = off]",
        "health: [sessions.active = off, locks.waiting = off]",
        "guard: {limit: locks.waiting <= 10, then: cancel}",
        "soak: {for: 36h, min_samples: 12.5%}",
        "watch: [90s, 2d]",
        "labels: {a: 'yes', b: '007', c: 'null', d: ' x ', e: '', f: 'a: b #c', g: '-'}",
        "precheck: {limit: sessions.active < 5, wait: 0s}",
        "rollback_if: {if: deadlocks > 0, because: \"it's \\\"so\\\": \\ttwice\\nor\"}",
        "probes: {a: {sql: 'SELECT :v', with: {v: '0x1F'}}}",
        "checks: {a: {http: /x, expect: ['body = \"[a, b]\"', unchanged]}}",
        "checks: {a: {log: app, match: '^\\s*#.*: \\{$'}}",
        "next: [more-indexes]",
        "measures: {read_only: true}",
        "measures: {drain: 90s, settings: {work_mem: 64MB}}",
        "measures: {roles: {app: {connection_limit: 12.5%, lock_timeout: 0s}, 'B c': {connection_limit: 7}}}",
        "sections: {10_stocks: {rollback: keep, each: 1500ms}}",
        "before: [{sql: 'UPDATE f SET x = 1', undo: 'UPDATE f SET x = 0', within: 5s}]",
        "before: [{measure: {read_only: true, roles: {app: {connection_limit: 50%}}}}, {sql: ANALYZE stocks}]",
        "after: [{sql: CREATE TABLE t (x int)}]\nrollback: {quick: {within: 90s}}",
        "checks: {page: {http: /x}}\nafter: [{check: page}, {measure: {drain: 5s}}]",
        "rollback: {A: {before: [{measure: {read_only: true}}], after: [{sql: 'SELECT 1'}]}}",
        "before: [{sql: checks/rows.sql}]",
      })
  void oddValue_readsBackAsTheSameChange(String line) {
    readsBackAsItself(Bundles.of(SHORTEST + line + "\n", FILES[0], FILES[1], FILES[6], FILES[7]));
  }

  @Test
  void longForm_isInTheWordsOfTheFormat() {
    Change change =
        Bundles.of(
                SHORTEST
                    + """
                    risk: low
                    checks: { page: { http: $app/page, when: [after, rolled_back], expect: unchanged } }
                    guard: [replication.lag = off, { limit: deadlocks < 1, then: note }]
                    precheck: [page]
                    soak: 24h
                    rollback: { A: { within: 90s } }
                    """,
                FILES[0],
                FILES[1])
            .change();

    assertThat(ExpandedChange.yaml(change))
        .isEqualTo(
            """
            change: one-index
            why: One index for the screener
            engine: postgresql
            risk: low
            checks:
              page:
                http: $app/page
                expect:
                - unchanged
                record: false
                then: pause
                when:
                - after
                - rolled_back
            through:
            - dev:
                requires: []
                precheck:
                - limit: page
                  wait: 10m
                backup: none
                resume: auto
                sections:
                - file: sql/10_stocks.sql
                  name: 10_stocks
                  loses_data: false
                  batches: false
                  checks: []
                  existing: stop
                  guard:
                  - replication.lag = off
                  - locks.caused_wait < 500ms
                  - locks.blocked_by_us < 3
                  - locks.waiting <= 10
                  - limit: deadlocks < 1
                    then: note
                  health:
                  - sessions.active < 30
                  - locks.waiting <= 10
                  pace: 0s
                soak:
                - min_samples: 80%
                  rollback_if: []
                  sample: 10s
                  for: 24h
                watch: []
                rollback_if: []
                on_failure: pause
                rollback:
                  A:
                    within: 1m30s
                    leaves: []
            """);
  }
}
