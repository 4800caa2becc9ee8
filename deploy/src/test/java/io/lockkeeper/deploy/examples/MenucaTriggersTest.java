package io.lockkeeper.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.probe.BaselineRecord;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.BundleFiles;
import io.lockkeeper.change.ChangeReader;
import io.lockkeeper.change.Check;
import io.lockkeeper.environment.EnvironmentFacts;
import io.lockkeeper.environment.EnvironmentFacts.TargetFacts;
import io.lockkeeper.environment.TargetIdentity;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.TriggerFold;
import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.limit.TriggerState.Phase;
import io.lockkeeper.plan.Flight;
import io.lockkeeper.plan.FlightPlanner;
import io.lockkeeper.plan.Overrides;
import io.lockkeeper.stage.StagePlan;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each trigger of the Menu.ca example fires at its figure and not below it. */
class MenucaTriggersTest {
  private static final Instant START = Instant.parse("2026-11-20T02:00:00Z");
  private static final int SAMPLE_SECONDS = 10;
  private static final Bundle BUNDLE = bundle();

  private static Bundle bundle() {
    Path folder = Path.of(System.getProperty("lockkeeper.home")).resolve("deploy/examples/menuca");
    Findings findings = new Findings();
    return ChangeReader.read(BundleFiles.ofFolder(folder, findings), findings).orElseThrow();
  }

  private static List<Trigger> triggers() {
    Map<String, EnvironmentFacts> facts = new LinkedHashMap<>();
    for (String environment : List.of("dev", "staging", "production")) {
      facts.put(
          environment,
          new EnvironmentFacts(
              environment,
              false,
              true,
              List.of(
                  new TargetFacts(
                      "menuca",
                      "postgresql",
                      Optional.of(new TargetIdentity("7300000000000000001", 16384)),
                      Optional.of("15.18"),
                      Optional.empty()))));
    }
    Flight flight = FlightPlanner.plan(BUNDLE, facts, Overrides.NONE, List.of());
    return ((StagePlan.Soak) flight.stage("production-watch-2h")).triggers();
  }

  /** What follows from a figure that is read for so long; NONE where no trigger fires. */
  private static String follows(String metric, double before, double now, int seconds) {
    BaselineRecord none = BaselineRecord.NONE;
    BaselineRecord baseline =
        new BaselineRecord(
            none.probes(),
            none.requests(),
            Map.of(metric, before),
            none.results(),
            none.logs(),
            none.indexes(),
            none.derived(),
            none.settings(),
            none.kept());
    List<Trigger> triggers = triggers();
    TriggerFold fold = new TriggerFold(triggers, baseline.baselines(), START);
    List<TriggerState> states = List.of();
    for (int at = 0; at <= seconds; at += SAMPLE_SECONDS) {
      states = fold.next(states, START.plusSeconds(at), Map.of(metric, new Reading.Figure(now)));
    }
    return states.stream()
        .filter(state -> state.phase() == Phase.BREACH)
        .map(state -> triggers.get(state.trigger()).then().name())
        .findFirst()
        .orElse("NONE");
  }

  @ParameterizedTest
  @CsvSource({
    // figure, before, now, for seconds, what follows
    "http.menu_page.error_rate, 0, 0.02, 60, ROLLBACK",
    "http.menu_page.error_rate, 0, 0.02, 50, NONE",
    "http.menu_page.error_rate, 0, 0.01, 120, NONE",
    "http.menu_page.error_rate, 0.05, 0.055, 120, NONE",
    "http.menu_page.error_rate, 0.05, 0.061, 60, ROLLBACK",
    "check.query_timeouts.failed, 0, 1, 0, ROLLBACK",
    "check.cancelled_queries.failed, 0, 1, 0, ROLLBACK",
    "check.query_timeouts.failed, 0, 0, 120, NONE",
    "sessions.active, 4, 6, 120, NONE",
    "sessions.active, 10, 15, 120, NONE",
    "sessions.active, 10, 16, 60, NOTE",
    "sessions.active, 20, 10, 120, NONE",
    "sessions.active, 20, 9, 60, NOTE",
    "sessions.active, 28, 29, 120, NONE",
    "sessions.active, 28, 30, 60, PAUSE"
  })
  @Tag("T38")
  @Tag("T54")
  @Tag("T56")
  void trigger_firesAtItsFigureForAsLongAsItSays(
      String metric, double before, double now, int seconds, String expected) {
    assertThat(follows(metric, before, now, seconds)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cancelled_queries | [7] menuca-app@menuca_production ERROR:  canceling statement due to statement timeout | true",
        "cancelled_queries | [7] [unknown]@menuca_production ERROR:  canceling statement due to user request | true",
        "cancelled_queries | [7] lk/menuca-07-indexes-1@menuca_production ERROR:  canceling statement due to user request | false",
        "cancelled_queries | [7] menuca-app@menuca_production ERROR:  canceling statement due to lock timeout | false",
        "query_timeouts | 2026-11-20 ERROR menu failed, SQLSTATE 57014 | true",
        "query_timeouts | 2026-11-20 WARN 504 Gateway Time-out | true",
        "query_timeouts | 2026-11-20 ERROR menu failed, SQLSTATE 42P01 | false"
      })
  @Tag("T56")
  void queryThatWasCutOff_countsUnlessItIsOurs(String check, String line, boolean counts) {
    Check.Log log = (Check.Log) BUNDLE.change().check(check).orElseThrow().source();

    assertThat(Pattern.compile(log.match()).matcher(line).find()).isEqualTo(counts);
  }

  /** Of two that fire in one sample the first counts: a cut-off query takes the change back. */
  @Test
  void queryThatWasCutOff_comesBeforeTheErrorThatItCauses() {
    List<String> names = BUNDLE.change().checks().stream().map(Check::name).toList();

    assertThat(names.indexOf("query_timeouts")).isLessThan(names.indexOf("app_errors"));
  }
}
