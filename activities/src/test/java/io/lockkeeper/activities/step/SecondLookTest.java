package io.lockkeeper.activities.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.figures.EnvironmentFigures;
import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activities.http.HttpRequests;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.settings.Bundles;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activities.step.SecondLook.Patience;
import io.lockkeeper.change.Adjustment;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  private static final Bundle NOTHING_EXPECTED =
      Changes.of(
          """
          change: an-index
          why: An index
          probes:
            paced: { sql: SELECT took FROM paced, runs: 8, warm_up: 1, noise: 0ms }
          through: [dev]
          """,
          "sql/10_index.sql",
          "CREATE INDEX CONCURRENTLY idx_s ON pace (s);");

  /** One round and no second one, however fast a machine is. */
  private static final Patience ONE_ROUND =
      new Patience(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(600));

  /** The same, but that it goes on where that is too little. */
  private static final Patience GOES_ON =
      new Patience(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMillis(600));

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

  private static StepResult compare(Worker worker, Database database, Patience patience) {
    EnvironmentSettings settings =
        Worker.settings(database, Optional.empty(), Map.of(), Map.of(), Set.of());
    Place place =
        new Place(
            worker.order(new Step.Compare(Optional.empty())),
            1,
            1,
            settings,
            database.target(),
            new Bundles(worker.blobs()),
            new HttpRequests(settings),
            new EnvironmentFigures(settings),
            worker.blobs(),
            () -> Adjustment.NONE);
    return new Comparison(place, new Running(), patience).run();
  }

  /** As two rounds that differ so much that one round after them may be anything. */
  private static void scattersBefore(Database database) {
    database.sql(
        """
        UPDATE lockkeeper.checkpoint SET content = convert_to(regexp_replace(
          convert_from(content, 'UTF8'), '"runs":\\[[^]]*\\]',
          '"runs":[0.004,0.004,0.004,0.004,0.004,0.0044,0.0044,0.0044,0.0044,0.0044]'), 'UTF8')
        WHERE name = 'baseline'
        """);
  }

  private static Evidence.Comparison of(StepResult result, String probe) {
    return ((Evidence.Comparisons) result.evidence().orElseThrow())
        .probes().stream().filter(c -> c.probe().equals(probe)).findFirst().orElseThrow();
  }

  private static boolean looksAgain(Worker worker) {
    return worker.heartbeats().stream().anyMatch(beat -> beat.toString().contains("scatter"));
  }

  private static Background<Boolean> quickOnceLookedAtAgain(Worker worker, Database database) {
    return Background.run(
        () -> {
          Eventually.until("it is looked at again", () -> looksAgain(worker));
          takes(database, "0.004");
          return true;
        });
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
      Background<Boolean> quick = quickOnceLookedAtAgain(worker, database);

      StepResult result = compare(worker);

      assertThat(quick.result()).isTrue();
      assertThat(result.verdict()).as(result.sentence()).isEqualTo(Verdict.PASS);
      assertThat(of(result, "overhead").afterP50())
          .isEqualTo(of(result, "paced").afterP50() - of(result, "other").afterP50());
    }
  }

  /** The slower a change makes things, the fewer rounds there are time for. */
  @Test
  void queryThatCouldNotBeLookedAtOftenEnough_doesNotPass() {
    try (Database database = Server.fresh();
        Worker worker = worker(database, NOTHING_EXPECTED)) {
      scattersBefore(database);
      takes(database, "0.04");

      StepResult result = compare(worker, database, ONE_ROUND);

      assertThat(result.verdict()).as(result.sentence()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(result.sentence())
          .isEqualTo(
              "paced: one go of runs was worse, and it could not be looked at again often enough"
                  + " (1 of 3 rounds in 1s)");
    }
  }

  @Test
  void oneRoundThatIsClearlySlower_doesNotFailEither() {
    try (Database database = Server.fresh();
        Worker worker = worker(database, NOTHING_EXPECTED)) {
      takes(database, "0.04");

      StepResult result = compare(worker, database, ONE_ROUND);

      assertThat(result.verdict()).as(result.sentence()).isEqualTo(Verdict.INCONCLUSIVE);
    }
  }

  @Test
  void queryWhoseRoundsAreTooFewWhenTheTimeIsOver_isLookedAtUntilTheyTell() {
    try (Database database = Server.fresh();
        Worker worker = worker(database, NOTHING_EXPECTED)) {
      scattersBefore(database);
      takes(database, "0.04");

      StepResult result = compare(worker, database, GOES_ON);

      assertThat(result.verdict()).as(result.sentence()).isEqualTo(Verdict.FAIL);
      assertThat(result.sentence()).contains("(in 3 rounds, because one go of runs was worse)");
    }
  }

  /** Neither of the two has a limit that it breaks; what comes out of them has. */
  @Test
  void pairThatIsSlowerForAMoment_isLookedAtAgain() {
    try (Database database = Server.fresh();
        Worker worker = worker(database, PAIR)) {
      takes(database, "0.04");
      Background<Boolean> quick = quickOnceLookedAtAgain(worker, database);

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
