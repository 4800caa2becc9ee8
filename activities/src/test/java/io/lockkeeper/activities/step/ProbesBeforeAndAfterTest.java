package io.lockkeeper.activities.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activities.probe.BaselineRecord;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.json.Json;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.DerivedFigure;
import io.lockkeeper.step.Evidence.Item;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Step.Verify.Subject;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Probes over what only the change makes, of two others, and of some environments only. */
class ProbesBeforeAndAfterTest {
  private static final double EXACT = 1e-9;

  @AutoClose private final Database database = Server.fresh();

  @BeforeEach
  void notes() {
    database.sql(
        """
        CREATE TABLE notes (id int PRIMARY KEY, body text);
        INSERT INTO notes SELECT i, 'note ' || i FROM generate_series(1, 100) i;
        ANALYZE notes;
        """);
  }

  private Worker worker(String lines) {
    Bundle bundle =
        Changes.of(
            "change: a-column\nwhy: A column\nthrough: [dev, staging]\n" + lines,
            "sql/10_column.sql",
            "ALTER TABLE notes ADD COLUMN seen boolean NOT NULL DEFAULT true;",
            "sql/10_column.down.sql",
            "ALTER TABLE notes DROP COLUMN IF EXISTS seen;");
    return Worker.of(database, bundle).held();
  }

  private static StepResult baseline(Worker worker) {
    return worker.activities().baseline(worker.order(new Step.Baseline()));
  }

  private static StepResult compare(Worker worker) {
    return worker.activities().compare(worker.order(new Step.Compare()));
  }

  private void change() {
    database.sql("ALTER TABLE notes ADD COLUMN seen boolean NOT NULL DEFAULT true");
  }

  private static Evidence.Comparison of(StepResult result, String probe) {
    return ((Evidence.Comparisons) result.evidence().orElseThrow())
        .probes().stream().filter(c -> c.probe().equals(probe)).findFirst().orElseThrow();
  }

  @Test
  @Tag("C27")
  void probeOverANewColumn_hasNoBaseline_andIsJudgedByItsOwnLimit() {
    try (Worker worker =
        worker(
            """
            probes:
              old: { sql: SELECT * FROM notes, runs: 3, noise: 10s }
              unseen: { sql: SELECT * FROM notes WHERE seen, runs: 3, expect: p50 < 5s }
              slow: { sql: SELECT * FROM notes WHERE seen, runs: 3, expect: p50 < 0ms }
            """)) {
      StepResult before = baseline(worker);
      change();
      StepResult after = compare(worker);

      assertThat(before.sentence())
          .isEqualTo("1 probe measured; not possible before the change: unseen, slow");
      assertThat(before.verdict()).isEqualTo(Verdict.PASS);
      assertThat(worker.blobs().text(before.attachments().get(0)))
          .contains("unseen: not possible before the change");
      Evidence.Comparison unseen = of(after, "unseen");
      assertThat(unseen.beforeP50()).isEmpty();
      assertThat(unseen.core()).isFalse();
      assertThat(unseen.afterRows()).isEqualTo(100);
      assertThat(unseen.verdict()).isEqualTo(Verdict.PASS);
      assertThat(of(after, "slow").verdict()).isEqualTo(Verdict.FAIL);
      assertThat(worker.blobs().text(after.attachments().get(0)))
          .contains("unseen\nSeq Scan on notes\n");
    }
  }

  /** Whoever expects something against a baseline that cannot be, shall know it before. */
  @Test
  void probeOverANewColumnWithARelativeLimit_isInconclusiveAndNeverFails() {
    try (Worker worker =
        worker(
            """
            probes:
              unseen: { sql: SELECT * FROM notes WHERE seen, runs: 3, expect: p50 < baseline }
            """)) {
      StepResult before = baseline(worker);
      change();

      assertThat(before.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(before.sentence())
          .isEqualTo("probe unseen failed: column \"seen\" does not exist (SQLState 42703)");
      assertThat(compare(worker).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    }
  }

  @Test
  void probeWithAnotherQueryBefore_hasThatOnesFiguresForBaseline() {
    try (Worker worker =
        worker(
            """
            probes:
              unseen:
                sql: SELECT * FROM notes WHERE seen AND id < :id
                before: SELECT * FROM notes WHERE id < :id
                with: { id: 11 }
                runs: 3
                noise: 10s
            """)) {
      StepResult before = baseline(worker);
      change();
      Evidence.Comparison unseen = of(compare(worker), "unseen");

      assertThat(before.sentence()).isEqualTo("1 probe measured");
      assertThat(unseen.beforeBlocks()).hasValueSatisfying(b -> assertThat(b.all()).isPositive());
      assertThat(unseen.afterBlocks()).hasValueSatisfying(b -> assertThat(b.all()).isPositive());
      assertThat(unseen.beforeRows()).contains(10L);
      assertThat(unseen.afterRows()).isEqualTo(10);
      assertThat(unseen.verdict()).isEqualTo(Verdict.PASS);
    }
  }

  @Test
  @Tag("C31")
  void differenceAndRatioOfTwoProbes_areThoseOfTheirFigures() {
    try (Worker worker =
        worker(
            """
            probes:
              fast: { sql: SELECT pg_sleep(0.005), runs: 3 }
              slow: { sql: SELECT pg_sleep(0.08), runs: 3 }
              overhead: { of: slow, minus: fast, expect: [p50 < 1s, p95 < 1s] }
              too_much: { of: slow, minus: fast, expect: p50 < 2ms }
              share: { of: slow, over: fast, expect: p50 within 101%..9999% }
            """)) {
      StepResult before = baseline(worker);
      StepResult after = compare(worker);

      assertThat(worker.blobs().text(before.attachments().get(0)))
          .containsPattern("overhead: p50 [\\d.]+ ms, p95 [\\d.]+ ms\n")
          .containsPattern("share: p50 \\d+ %, p95 \\d+ %\n");
      assertThat(((Evidence.Figures) before.evidence().orElseThrow()).derived())
          .allSatisfy(
              two ->
                  assertThat(recorded().baselines().value("probe." + two.probe() + ".p95"))
                      .hasValue(two.p95()))
          .extracting(DerivedFigure::probe, DerivedFigure::ratio)
          .containsExactly(
              tuple("overhead", false), tuple("too_much", false), tuple("share", true));
      Evidence.Comparison overhead = of(after, "overhead");
      assertThat(overhead.afterP50())
          .isCloseTo(of(after, "slow").afterP50() - of(after, "fast").afterP50(), within(EXACT));
      assertThat(overhead.verdict()).isEqualTo(Verdict.PASS);
      assertThat(of(after, "too_much").verdict()).isEqualTo(Verdict.FAIL);
      Evidence.Comparison share = of(after, "share");
      assertThat(share.ratio()).isTrue();
      assertThat(share.afterP50())
          .isCloseTo(of(after, "slow").afterP50() / of(after, "fast").afterP50(), within(EXACT));
      assertThat(share.sentence()).startsWith("p50 ").contains(" %, limit within 101 % to 9999 %");
    }
  }

  @Test
  void probeAndCheckOfAnotherEnvironment_areLeftOut() {
    try (Worker worker =
        worker(
            """
            probes:
              here: { sql: SELECT 1, runs: 1, only: dev, noise: 10s }
              there: { sql: SELECT broken, runs: 1, only: [staging] }
            checks:
              here: { sql: SELECT 1, only: dev }
              there: { sql: SELECT broken, only: staging }
            """)) {
      assertThat(baseline(worker).sentence()).isEqualTo("1 probe measured");
      assertThat(compare(worker).verdict()).isEqualTo(Verdict.PASS);
      StepResult checks = worker.activities().verify(worker.order(new Step.Verify(Subject.CHECKS)));
      assertThat(checks.sentence()).isEqualTo("1 check passed");
    }
  }

  @Test
  @Tag("C16")
  void checkBeforeAndAfter_keepsBothResults() {
    try (Worker worker =
        worker(
            """
            checks:
              columns: { sql: SELECT count(*) FROM information_schema.columns WHERE table_name = 'notes',
                when: [before, after], record: true }
            """)) {
      StepResult before = baseline(worker);
      change();
      StepResult after = worker.activities().verify(worker.order(new Step.Verify(Subject.CHECKS)));

      assertThat(before.attachments().get(0).name()).isEqualTo("dev-columns-before.txt");
      assertThat(worker.blobs().text(before.attachments().get(0))).isEqualTo("2\n");
      assertThat(after.attachments().get(0).name()).isEqualTo("dev-columns.txt");
      assertThat(worker.blobs().text(after.attachments().get(0))).isEqualTo("3\n");
    }
  }

  @Test
  @Tag("C36")
  void keptRows_areCountedAtTheBaselineAndAfter() {
    try (Worker worker = worker("checks: { rows: { kept: [notes] } }\n")) {
      StepResult before = baseline(worker);
      assertThat(((Evidence.Figures) before.evidence().orElseThrow()).checks())
          .containsExactly(new Item("rows", Verdict.PASS, "notes has 100 rows"));
      database.sql("INSERT INTO notes SELECT i, 'more' FROM generate_series(101, 110) i");

      StepResult after = worker.activities().verify(worker.order(new Step.Verify(Subject.CHECKS)));

      List<Item> items = ((Evidence.Checks) after.evidence().orElseThrow()).checks();
      assertThat(items.get(0).sentence())
          .isEqualTo("notes had 100 rows and has 110, 10 inserted and 0 deleted between");
      assertThat(after.verdict()).isEqualTo(Verdict.PASS);
    }
  }

  @Test
  void roleThatProvesNothing_failsThePrecheck() {
    database.asSuperuser("CREATE ROLE precheck_bypass NOLOGIN BYPASSRLS");
    try (Worker worker =
        worker("probes: { a: { sql: SELECT 1, as: precheck_bypass, expect: p50 < 1s } }\n")) {
      StepResult result = worker.activities().precheck(worker.order(new Step.Precheck()));

      assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(result.sentence())
          .startsWith("as precheck_bypass: role precheck_bypass has BYPASSRLS");
    }
  }

  /** As it lies in the ledger of a target whose promotion began with the first version. */
  @Test
  void baselineOfTheFirstVersion_isRead() {
    BaselineRecord read =
        Json.read(
            """
            {"probes": {"a": {"figure": {"probe": "a", "runs": 3, "p50": 0.1, "p95": 0.2, "rows": 5,
              "plan": "abc", "indexes": []}, "values": {"x": "1"}, "noise": 0.001, "core": true}},
             "requests": {}, "live": {}, "results": {}, "logs": {}, "indexes": {}}
            """,
            BaselineRecord.class);

    assertThat(read.probe("a").orElseThrow().figure().orElseThrow().p50()).isEqualTo(0.1);
    assertThat(read.probe("a").orElseThrow().settings()).isEmpty();
    assertThat(read.baselines().value("probe.a.p95")).hasValue(0.2);
    assertThat(read.derived()).isEmpty();
    assertThat(read.kept()).isEmpty();
  }

  private BaselineRecord recorded() {
    return Json.read(
        database
            .list(
                "SELECT convert_from(content, 'UTF8') FROM lockkeeper.checkpoint"
                    + " WHERE name = 'baseline'")
            .get(0),
        BaselineRecord.class);
  }

  @Test
  void rounds_areSpreadOverTheTimeGiven_andGiveTheBaselineItsFigures() {
    try (Worker worker =
        worker(
            """
            probes:
              old: { sql: SELECT * FROM notes, runs: 3 }
              unseen: { sql: SELECT * FROM notes WHERE seen, runs: 3, expect: p50 < 5s }
              other: { sql: SELECT seen FROM notes, before: SELECT id FROM notes, runs: 3 }
            """)) {
      long began = System.nanoTime();

      StepResult result =
          worker
              .activities()
              .baseline(
                  worker.order(
                      new Step.Baseline(
                          Optional.of(
                              new Step.Baseline.Rounds(
                                  Duration.ofMillis(400), Duration.ofMillis(100))))));

      assertThat(result.verdict()).as(result.sentence()).isEqualTo(Verdict.PASS);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(300));
      for (String probe : List.of("old", "other")) {
        BaselineRecord.ProbeBaseline baseline = recorded().probe(probe).orElseThrow();
        assertThat(baseline.runs()).hasSize(3);
        assertThat(baseline.rounds())
            .hasSizeBetween(1, 4)
            .allSatisfy(round -> assertThat(round).hasSize(5));
        assertThat(baseline.figure().orElseThrow().runs()).isEqualTo(5 * baseline.rounds().size());
      }
      assertThat(recorded().probe("unseen").orElseThrow().rounds()).isEmpty();
    }
  }

  @Test
  @Tag("C7")
  void processorMemoryAndDisk_areKeptAsSeriesForAsLongAsRoundsAreTaken() {
    try (Worker worker = worker("probes: { old: { sql: SELECT * FROM notes, runs: 3 } }")) {
      Step rounds =
          new Step.Baseline(
              Optional.of(
                  new Step.Baseline.Rounds(Duration.ofMillis(2_500), Duration.ofMillis(400))));

      StepResult result = worker.activities().baseline(worker.order(rounds));

      String csv = worker.blobs().text(result.attachments().get(2));
      int taken = recorded().probe("old").orElseThrow().rounds().size();
      assertThat(taken).isGreaterThan(2);
      Map<String, Double> live = ((Evidence.Figures) result.evidence().orElseThrow()).live();
      for (String metric : List.of("host.cpu", "host.memory", "disk.free")) {
        List<Double> values =
            csv.lines()
                .filter(line -> line.contains("," + metric + ","))
                .map(line -> Double.valueOf(line.substring(line.lastIndexOf(',') + 1)))
                .toList();
        assertThat(values).as(metric).hasSize(taken);
        assertThat(live.get(metric)).isBetween(Collections.min(values), Collections.max(values));
      }
    }
  }
}
