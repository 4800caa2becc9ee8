package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.environment.Survey.Table;
import io.lockkeeper.environment.TargetLook;
import io.lockkeeper.environment.TargetLook.Scope;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Status;
import io.lockkeeper.promotion.Known.Back;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.UnitOutcome;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Times that were measured, carried to the next environment. */
class ForesightTest {
  private static final long MB = 1_000_000;
  private static final String REHEARSED_TWICE =
      Bundles.FLIGHT.replace("backup: verified\n      soak: 24h", "rehearse: true");

  private static Function<StepOrder, StepResult> seen(long size) {
    return seen(size, "10_stocks", "20_positions");
  }

  private static Function<StepOrder, StepResult> seen(long size, String... sections) {
    TargetLook look =
        new TargetLook(
            "15.18",
            List.of(new Table("public.stocks", 1000, size)),
            Map.of(),
            Stream.of(sections).map(section -> new Scope(section, size, 0)).toList());
    return order ->
        StepResult.of(
            Verdict.PASS,
            "connected",
            new Evidence.Prechecks("15", "magnus", "lk", size, List.of(), Optional.of(look)));
  }

  private static Function<StepOrder, StepResult> took(double seconds) {
    return order ->
        StepResult.of(
            Verdict.PASS,
            "done",
            new Evidence.Units(
                List.of(new UnitOutcome(1, "one", "ab", "run", seconds, List.of())), seconds));
  }

  private static SkippedClock measured() {
    SkippedClock clock = SkippedClock.of(Bundles.of(REHEARSED_TWICE));
    for (String environment : List.of("dev", "staging", "production")) {
      double factor = environment.equals("dev") ? 1 : 10;
      for (String section : List.of("10_stocks", "20_positions")) {
        clock.environment().answer(environment + " rehearse-" + section, took(factor));
        clock.environment().answer(environment + " revert-" + section, took(factor / 5));
        clock.environment().answer(environment + " apply-" + section, took(factor * 2));
      }
    }
    clock.environment().answer("dev precheck", seen(10 * MB));
    clock.environment().answer("staging precheck", seen(100 * MB));
    clock.environment().answer("production precheck", seen(340 * MB));
    return clock;
  }

  @Test
  void whoSigns_readsTheForecastAndHowFarStagingIsLikeProduction() {
    try (SkippedClock clock = measured()) {
      PromotionState asked =
          clock.start().until(state -> state.status() == Status.AWAITING_SIGN_OFF);

      Known.Outlook outlook = asked.known().outlook("production").orElseThrow();
      assertThat(outlook.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(outlook.sentence())
          .isEqualTo(
              "staging tells little of production: table public.stocks: 100 MB and about 1,000"
                  + " rows in staging; 340 MB and about 1,000 rows in production: × 3.4. Forward"
                  + " estimated 2.27 min");
      assertThat(ForecastRow.of(asked.known(), outlook).get(0).forecast())
          .isEqualTo("estimated 68 s (20 s in staging × 3.4 by table size)");
      assertThat(asked.stage("production-sign-off").orElseThrow().steps())
          .extracting(StepState::name)
          .containsExactly("precheck", "outlook");
    }
  }

  @Test
  void sectionThatNobodyMeasured_isNamed_andNoSumIsToldWithoutIt() {
    try (SkippedClock clock = measured()) {
      clock
          .environment()
          .answer("production precheck", seen(340 * MB, "10_stocks", "30_production"));

      PromotionState asked =
          clock.start().until(state -> state.status() == Status.AWAITING_SIGN_OFF);

      Known.Outlook outlook = asked.known().outlook("production").orElseThrow();
      assertThat(outlook.sentence())
          .endsWith(
              ". Forward cannot be estimated from what was measured there: no estimate of"
                  + " 30_production");
      assertThat(ForecastRow.of(asked.known(), outlook))
          .extracting(row -> row.section() + ": " + row.forecast())
          .containsExactly(
              "10_stocks: estimated 68 s (20 s in staging × 3.4 by table size)",
              "30_production: no estimate (not measured anywhere)");
      assertThat(asked.known().estimatedBack("production")).isEmpty();
    }
  }

  @Test
  void wayBack_isTheOneOfTheNearestRehearsal_andOfAnEnvironmentsOwnFirst() {
    try (SkippedClock clock = measured()) {
      PromotionState asked =
          clock.start().until(state -> state.status() == Status.AWAITING_SIGN_OFF);

      assertThat(asked.known().back("dev")).contains(new Back("dev", 0.4, 2));
      assertThat(asked.known().back("production")).contains(new Back("staging", 4.0, 2));
      assertThat(WayBackMinutes.optionA(asked, "production", Optional.empty()).text())
          .isEqualTo("4 s for 2 units in the rehearsal of staging, estimated 4 s here");
    }
  }

  @Test
  void errorOfTheForecast_isToldOnceItWasApplied() {
    try (SkippedClock clock = measured()) {
      clock.start().until(state -> state.status() == Status.AWAITING_SIGN_OFF);
      clock.signOff("dba", "boris");
      clock.signOff("operations-lead", "olga");
      clock.result();

      Known known = clock.state().known();
      ForecastRow row = ForecastRow.of(known, known.outlook("production").orElseThrow()).get(0);

      assertThat(row.measured()).contains(20.0);
      assertThat(row.error()).hasValueSatisfying(e -> assertThat(e).isEqualTo(2.4));
      assertThat(row.errorText()).isEqualTo("+240 %");
    }
  }

  @Test
  void workerThatDoesNotSayWhatItsTargetIsLike_isForecastNothing() {
    try (SkippedClock clock = SkippedClock.of(Bundles.flight())) {
      PromotionState asked =
          clock.start().until(state -> state.status() == Status.AWAITING_SIGN_OFF);

      assertThat(asked.known().outlooks()).isEmpty();
      assertThat(asked.stage("production-sign-off").orElseThrow().steps()).hasSize(1);
    }
  }
}
