package io.lockkeeper.activities.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.util.Optional;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** They wait for rounds most of their time. */
@Execution(ExecutionMode.CONCURRENT)
@Order(1)
class SecondLookTest {
  private static final Bundle BUNDLE =
      Changes.of(
          """
          change: an-index
          why: An index
          probes:
            paced: { sql: SELECT took FROM paced, runs: 8, warm_up: 1, noise: 0ms, expect: p50 < baseline * 3 }
            other: { sql: SELECT 1, runs: 8, warm_up: 1 }
            overhead: { of: paced, minus: other, expect: p50 < 20ms }
          through: [dev]
          """,
          "sql/10_index.sql",
          "CREATE INDEX CONCURRENTLY idx_s ON pace (s);");
  private static final Bundle PAIR =
      Changes.of(
          """
          change: an-index
          why: An index
          probes:
            paced: { sql: SELECT took FROM paced, runs: 8, warm_up: 1, noise: 0ms, expect: p50 < 5s }
            other: { sql: SELECT 1, runs: 8, warm_up: 1, expect: p50 < 5s }
            overhead: { of: paced, minus: other, noise: 0ms, expect: p50 < baseline * 3 }
          through: [dev]
          """,
          "sql/10_index.sql",
          "CREATE INDEX CONCURRENTLY idx_s ON pace (s);");

  private static void takes(Database database, String seconds) {
    database.sql("UPDATE pace SET s = " + seconds);
  }

  private static Worker worker(Database database) {
    return worker(database, BUNDLE);
  }

  private static Worker worker(Database database, Bundle bundle) {
    database.sql(
        "CREATE TABLE pace (s float); INSERT INTO pace VALUES (0.004);"
            + "CREATE VIEW paced AS SELECT pg_sleep(s)::text AS took FROM pace");
    Worker worker = Worker.of(database, bundle).held();
    worker.activities().baseline(worker.order(new Step.Baseline()));
    return worker;
  }

  private static StepResult compare(Worker worker) {
    return worker.activities().compare(worker.order(new Step.Compare(Optional.empty())));
  }

  private static Evidence.Comparison of(StepResult result, String probe) {
    return ((Evidence.Comparisons) result.evidence().orElseThrow())
        .probes().stream().filter(c -> c.probe().equals(probe)).findFirst().orElseThrow();
  }

  private static boolean looksAgain(Worker worker) {
    return worker.heartbeats().stream().anyMatch(beat -> beat.toString().contains("scatter"));
  }

  @Test
  void queryThatIsSlowerInEachRoundToo_fails() {
    try (Database database = Server.fresh();
        Worker worker = worker(database)) {
      takes(database, "0.04");

      StepResult result = compare(worker);

      assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(result.sentence())
          .startsWith("paced: p50 4")
          .contains("rounds, because one go of runs was worse); overhead: p50 ");
      assertThat(of(result, "overhead").afterP50())
          .isEqualTo(of(result, "paced").afterP50() - of(result, "other").afterP50());
    }
  }

  @Test
  void queryThatWasSlowForAMoment_isNotTakenForSlower() {
    try (Database database = Server.fresh();
        Worker worker = worker(database)) {
      takes(database, "0.04");
      Background<Boolean> quick =
          Background.run(
              () -> {
                Eventually.until("it is looked at again", () -> looksAgain(worker));
                takes(database, "0.004");
                return true;
              });

      StepResult result = compare(worker);

      assertThat(quick.result()).isTrue();
      assertThat(result.verdict()).as(result.sentence()).isEqualTo(Verdict.PASS);
      assertThat(of(result, "overhead").afterP50())
          .isEqualTo(of(result, "paced").afterP50() - of(result, "other").afterP50());
    }
  }

  /** Neither of the two has a limit that it breaks; what comes out of them has. */
  @Test
  void pairThatIsSlowerForAMoment_isLookedAtAgain() {
    try (Database database = Server.fresh();
        Worker worker = worker(database, PAIR)) {
      takes(database, "0.04");
      Background<Boolean> quick =
          Background.run(
              () -> {
                Eventually.until("it is looked at again", () -> looksAgain(worker));
                takes(database, "0.004");
                return true;
              });

      StepResult result = compare(worker);

      assertThat(quick.result()).isTrue();
      assertThat(result.verdict()).as(result.sentence()).isEqualTo(Verdict.PASS);
    }
  }

  @Test
  void queriesThatAreNotSlower_areNotLookedAtAgain() {
    try (Database database = Server.fresh();
        Worker worker = worker(database)) {
      StepResult result = compare(worker);

      assertThat(result.verdict()).as(result.sentence()).isEqualTo(Verdict.PASS);
      assertThat(looksAgain(worker)).isFalse();
    }
  }
}
