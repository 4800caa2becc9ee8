package io.lockkeeper.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.lockkeeper.change.Bundle;
import io.lockkeeper.environment.EnvironmentFacts;
import io.lockkeeper.environment.EnvironmentFacts.TargetFacts;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.stage.StageKind;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.stage.StagePlan.Deploy;
import io.lockkeeper.stage.StagePlan.SignOff;
import io.lockkeeper.stage.StagePlan.Soak;
import io.lockkeeper.step.Step;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlightPlannerTest {
  private static final String HEAD = "change: one-index\nwhy: One index\n";

  private static Overrides overrides(String soak, String watch, String sample) {
    return new Overrides(
        duration(soak), duration(watch), duration(sample), Optional.empty(), false);
  }

  private static Optional<Duration> duration(String text) {
    return Optional.ofNullable(text).map(Duration::parse);
  }

  private static Flight plan(Bundle bundle, Overrides overrides, String... selected) {
    return FlightPlanner.plan(bundle, Promotions.sandboxes(bundle), overrides, List.of(selected));
  }

  private static Flight plan(String change) {
    return plan(Bundles.of(HEAD + change), Overrides.NONE);
  }

  private static List<String> names(Flight flight) {
    return flight.stages().stream().map(StagePlan::name).toList();
  }

  private static List<String> steps(StagePlan.Deploy stage) {
    return stage.steps().stream().map(Step::name).toList();
  }

  /** The facts of a change's environments, each with the targets given. */
  private static Map<String, EnvironmentFacts> facts(
      Bundle bundle, boolean production, boolean sandbox, String... targets) {
    Map<String, EnvironmentFacts> facts = new LinkedHashMap<>();
    Promotions.sandboxes(bundle)
        .forEach(
            (name, known) ->
                facts.put(
                    name,
                    new EnvironmentFacts(
                        name,
                        production,
                        sandbox,
                        List.of(targets).stream()
                            .map(
                                target ->
                                    new TargetFacts(
                                        target,
                                        "postgresql",
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()))
                            .toList())));
    return facts;
  }

  private static void assertRefused(
      Bundle bundle,
      Map<String, EnvironmentFacts> facts,
      Overrides overrides,
      List<String> selected,
      String message) {
    assertThatThrownBy(() -> FlightPlanner.plan(bundle, facts, overrides, selected))
        .isInstanceOf(FlightRefused.class)
        .hasMessage(message);
  }

  /** A rehearsal leaves nothing but what is kept, so it ends before what would be left. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sections: sql/[123]*.sql | rehearse-10_a rehearse-20_b rehearse-30_c revert-30_c revert-20_b"
            + " revert-10_a verify-reverted",
        "sections: [sql/10_a.sql, {file: sql/20_b.sql, rollback: keep}, sql/30_c.sql] | rehearse-10_a rehearse-20_b rehearse-30_c revert-30_c"
            + " revert-20_b revert-10_a verify-reverted",
        "rollback: {forward_only: x}; sections: [sql/10_a.sql, sql/40_d.sql, sql/30_c.sql] |"
            + " rehearse-10_a revert-10_a verify-reverted",
        "rollback: {forward_only: x}; sections: sql/[123]*.sql |"
            + " rehearse-10_a rehearse-20_b rehearse-30_c revert-30_c revert-20_b revert-10_a"
            + " verify-reverted",
        "sections: [sql/20_b.sql, sql/10_a.sql]; rollback: {forward_only: x} | rehearse-20_b"
            + " rehearse-10_a revert-10_a revert-20_b verify-reverted",
        "sections: [sql/40_d.sql, sql/10_a.sql]; rollback: {forward_only: x} |",
      })
  void sectionThatGoesForwardOnly_endsTheRehearsal(String lines, String expected) {
    Bundle bundle =
        Bundles.of(
            HEAD + lines.replace("; ", "\n") + "\nthrough: [dev]\n",
            "sql/10_a.sql",
            "CREATE INDEX CONCURRENTLY idx_a ON a (x);",
            "sql/20_b.sql",
            "UPDATE b SET x = 1 WHERE x IS NULL;",
            "sql/20_b.down.sql",
            "UPDATE b SET x = NULL;",
            "sql/30_c.sql",
            "CREATE INDEX CONCURRENTLY idx_c ON c (x);",
            "sql/40_d.sql",
            "UPDATE d SET x = 1 WHERE x IS NULL;");
    List<String> rehearsal =
        steps(plan(bundle, Overrides.NONE).deploy("dev")).stream()
            .filter(step -> step.matches("rehearse-.*|revert-.*|verify-reverted"))
            .toList();

    assertThat(rehearsal)
        .isEqualTo(expected == null ? List.of() : List.of(expected.trim().split(" ")));
  }

  @Test
  void flight_hasTheStagesOfTheConceptsPage() {
    Flight flight = plan(Bundles.flight(), Overrides.NONE);

    assertThat(names(flight))
        .containsExactly(
            "dev",
            "staging",
            "staging-soak",
            "production-sign-off",
            "production",
            "production-watch-2h",
            "production-watch-24h");
    assertThat(flight.stages())
        .extracting(StagePlan::kind)
        .containsExactly(
            StageKind.DEPLOY,
            StageKind.DEPLOY,
            StageKind.SOAK,
            StageKind.SIGN_OFF,
            StageKind.DEPLOY,
            StageKind.WATCH,
            StageKind.WATCH);
    assertThat(flight.stages()).extracting(StagePlan::target).containsOnly("magnus");
    assertThat(flight.environments()).containsExactly("dev", "staging", "production");
    assertThat(flight.shortened()).isFalse();
  }

  @Test
  void soakWithMilestones_isNamedByTheirEnds() {
    Flight flight = plan("through: [{dev: {soak: [90m, 1d, 3d]}}]");

    assertThat(names(flight))
        .containsExactly("dev", "dev-soak-1h30m", "dev-soak-24h", "dev-soak-3d");
    assertThat(flight.stages().stream().filter(s -> s instanceof Soak).map(s -> (Soak) s))
        .extracting(Soak::first)
        .containsExactly(true, false, false);
  }

  @Test
  void firstEnvironment_isRehearsed() {
    assertThat(steps(plan(Bundles.flight(), Overrides.NONE).deploy("dev")))
        .containsExactly(
            "precheck",
            "hold",
            "baseline",
            "rehearse-10_stocks",
            "rehearse-20_positions",
            "revert-20_positions",
            "revert-10_stocks",
            "verify-reverted",
            "apply-10_stocks",
            "apply-20_positions",
            "apply-analyze-touched-tables",
            "verify-objects",
            "compare",
            "release");
  }

  @Test
  void laterEnvironment_isBackedUpAndNotRehearsed() {
    assertThat(steps(plan(Bundles.flight(), Overrides.NONE).deploy("production")))
        .containsExactly(
            "precheck",
            "hold",
            "baseline",
            "backup",
            "apply-10_stocks",
            "apply-20_positions",
            "apply-analyze-touched-tables",
            "verify-objects",
            "compare",
            "release");
  }

  @Test
  void stepsThatHaveNothingToDo_areLeftOut() {
    Bundle bundle =
        Bundles.of(HEAD + "through: [{dev: {rehearse: false}}]", "sql/10_a.sql", "VACUUM t;");

    assertThat(steps(plan(bundle, Overrides.NONE).deploy("dev")))
        .containsExactly("precheck", "hold", "baseline", "apply-10_a", "verify-objects", "release");
  }

  @ParameterizedTest
  @CsvSource({"before, false", "after, true", "soak, false", "watch, false", "rolled_back, false"})
  void checksAfterTheChange_areAStep(String when, boolean step) {
    Flight flight = plan("through: [dev]\nchecks: {a: {http: /, when: " + when + "}}");

    assertThat(steps(flight.deploy("dev")).contains("verify-checks")).isEqualTo(step);
  }

  @ParameterizedTest
  @CsvSource({
    "none, ''",
    "taken, take a backup",
    "verified, take a backup and verify it",
    "latest, find the latest backup and verify it",
    "{from: other-change}, find the latest backup and verify it"
  })
  void backup_isTakenAsItIsAskedFor(String backup, String title) {
    Deploy stage = plan("through: [{dev: {backup: " + backup + "}}]").deploy("dev");

    List<String> titles =
        stage.steps().stream()
            .filter(step -> step instanceof Step.Backup)
            .map(Step::title)
            .toList();
    assertThat(titles).isEqualTo(title.isEmpty() ? List.of() : List.of(title));
  }

  /** By itself never in production, and otherwise only in the first environment of the flight. */
  @ParameterizedTest
  @CsvSource({
    "dev, false, true, false",
    "dev, true, false, false",
    "{dev: {rehearse: true}}, true, true, false",
    "{dev: {rehearse: false}}, false, false, false",
  })
  void rehearsal_isForTheFirstEnvironmentAndNeverByItselfForProduction(
      String dev, boolean production, boolean inDev, boolean inStaging) {
    Bundle bundle = Bundles.of(HEAD + "through: [" + dev + ", staging]");
    Map<String, EnvironmentFacts> facts = facts(bundle, production, true, "magnus");

    Flight flight = FlightPlanner.plan(bundle, facts, Overrides.NONE, List.of());

    assertThat(steps(flight.deploy("dev")).contains("verify-reverted")).isEqualTo(inDev);
    assertThat(steps(flight.deploy("staging")).contains("verify-reverted")).isEqualTo(inStaging);
  }

  @Test
  void watchAfterARollback_tellsOnly_andIsShortenedAsTheWatch() {
    String change =
        "rollback: {A: {watch: 30m}}\n"
            + "rollback_if: [deadlocks > 0, locks.waiting > 5 for 60s]\n"
            + "through: [{dev: {watch: 24h}}]";
    StagePlan.Soak whole = plan(change).deploy("dev").recovery().orElseThrow();
    StagePlan.Soak shortened =
        plan(
                Bundles.of(HEAD + change),
                new Overrides(
                    Optional.empty(),
                    Optional.of(Duration.ofMinutes(48)),
                    Optional.of(Duration.ofSeconds(1)),
                    Optional.empty(),
                    false))
            .deploy("dev")
            .recovery()
            .orElseThrow();

    assertThat(whole.name()).isEqualTo("dev-rollback-watch");
    assertThat(whole.lasts()).isEqualTo(Duration.ofMinutes(30));
    assertThat(whole.triggers())
        .hasSize(2)
        .allMatch(trigger -> trigger.then() == Trigger.Then.NOTE);
    assertThat(shortened.lasts()).isEqualTo(Duration.ofMinutes(1));
    assertThat(plan("through: [dev]").deploy("dev").recovery()).isEmpty();
  }

  @Test
  void stageOfAnEnvironment_carriesWhatItsPlanSays() {
    Flight flight =
        plan(
            "through: [{dev: {on_failure: rollback, rollback: {A: {within: 5m}},"
                + " sign_off: {roles: [dba, owner], expires: 4h}}}]");

    Deploy deploy = flight.deploy("dev");
    assertThat(deploy.onFailure().name()).isEqualTo("ROLLBACK");
    assertThat(deploy.rollbackWithin()).isEqualTo(Optional.of(Duration.ofMinutes(5)));
    assertThat(flight.stage("dev-sign-off"))
        .isEqualTo(
            new SignOff(
                "dev-sign-off",
                "dev",
                "magnus",
                List.of(new Step.Precheck()),
                List.of("dba", "owner"),
                Duration.ofHours(4)));
  }

  @Test
  void soak_isLaidOutInFull() {
    Soak soak = (Soak) plan(Bundles.flight(), Overrides.NONE).stage("staging-soak");

    assertThat(soak)
        .isEqualTo(
            new Soak(
                "staging-soak",
                StageKind.SOAK,
                "staging",
                "magnus",
                true,
                Duration.ofHours(24),
                Duration.ofSeconds(10),
                Duration.ofMinutes(1),
                Duration.ofMinutes(5),
                Duration.ofMinutes(15),
                0.8,
                List.of(
                    trigger("probe.by_sector.p95 > baseline + 20% for 60s", Duration.ofMinutes(1)),
                    trigger("deadlocks > 0", Duration.ZERO))));
  }

  private static Trigger trigger(String limit, Duration sustained) {
    return new Trigger(Limit.parse(limit), sustained, Duration.ZERO, Then.ROLLBACK, "");
  }

  @Test
  void checksOfAMoment_areTriggersThere() {
    Flight flight =
        plan(
            """
            checks:
              page: { http: /, when: [soak, watch], then: rollback }
              errors: { log: app, match: ERROR, when: soak }
              rows: { sql: SELECT 1, when: after }
            through: [{dev: {soak: {for: 1h, rollback_if: sessions.total > 5}, watch: 1h}}]
            rollback_if: deadlocks > 0
            """);

    assertThat(((Soak) flight.stage("dev-soak")).triggers())
        .containsExactly(
            trigger("deadlocks > 0", Duration.ZERO),
            trigger("sessions.total > 5", Duration.ofMinutes(1)),
            new Trigger(
                Limit.parse("check.page.failed > 0"),
                Duration.ofMinutes(1),
                Duration.ZERO,
                Then.ROLLBACK,
                "check page"),
            new Trigger(
                Limit.parse("check.errors.failed > 0"),
                Duration.ZERO,
                Duration.ZERO,
                Then.PAUSE,
                "check errors"));
    assertThat(((Soak) flight.stage("dev-watch-1h")).triggers())
        .extracting(Trigger::text)
        .containsExactly("deadlocks > 0", "check.page.failed > 0 for 1m");
  }

  @Test
  void shorterSample_scalesWhatHangsOnIt() {
    Bundle bundle =
        Bundles.of(
            HEAD
                + """
                through: [{dev: {soak: 30m}}]
                rollback_if:
                  - locks.waiting > 5 for 60s
                  - locks.waiting > 50 for 10s
                  - { if: sessions.total > 9 for 5m, from: 10m }
                  - deadlocks > 0
                  - { if: deadlocks > 5, from: 10m }
                """);

    Soak soak = (Soak) plan(bundle, overrides(null, null, "PT1S")).stage("dev-soak");

    assertThat(soak.sample()).isEqualTo(Duration.ofSeconds(1));
    assertThat(soak.probeInterval()).isEqualTo(Duration.ofSeconds(6));
    assertThat(soak.judged()).isEqualTo(Duration.ofSeconds(30));
    assertThat(soak.window()).isEqualTo(Duration.ofSeconds(90));
    assertThat(soak.lasts()).isEqualTo(Duration.ofMinutes(30));
    assertThat(soak.triggers())
        .extracting(Trigger::text, Trigger::sustained, Trigger::from)
        .containsExactly(
            tuple("locks.waiting > 5 for 6s", Duration.ofSeconds(6), Duration.ZERO),
            tuple("locks.waiting > 50 for 2s", Duration.ofSeconds(2), Duration.ZERO),
            tuple("sessions.total > 9 for 30s", Duration.ofSeconds(30), Duration.ofMinutes(1)),
            tuple("deadlocks > 0", Duration.ZERO, Duration.ZERO),
            tuple("deadlocks > 5", Duration.ZERO, Duration.ofMinutes(1)));
  }

  @Test
  void longerSample_scalesUpAndProbesAreNeverTakenMoreOften() {
    Soak longer =
        (Soak)
            plan(Bundles.flight(), overrides(null, null, "PT20S"), "staging").stage("staging-soak");

    assertThat(longer.probeInterval()).isEqualTo(Duration.ofMinutes(2));
    assertThat(longer.window()).isEqualTo(Duration.ofMinutes(30));
    assertThat(longer.triggers().get(0).sustained()).isEqualTo(Duration.ofMinutes(2));

    Soak seldom = (Soak) plan("through: [{dev: {soak: {for: 1h, sample: 5m}}}]").stage("dev-soak");
    assertThat(seldom.probeInterval()).isEqualTo(Duration.ofMinutes(5));
  }

  @ParameterizedTest
  @CsvSource({
    "'[2h, 24h]', PT1H, '5m 1h'",
    "'[2h, 24h]', PT30S, '15s 30s'",
    "'[2h, 24h]', PT18S, '9s 18s'",
    "'[2h, 12h, 24h]', PT60S, '15s 30s 1m'",
    "'[1h, 2h, 3h, 4h, 24h]', PT30S, '4s500ms 9s 13s500ms 18s 30s'",
    "'24h', PT30S, '30s'",
    "'[20h, 24h]', PT1H, '50m 1h'",
  })
  void watchOverride_isTheLastMilestoneAndEarlierOnesScale(
      String watch, String override, String ends) {
    Bundle bundle = Bundles.of(HEAD + "through: [{dev: {watch: " + watch + "}}]");

    Flight flight = plan(bundle, overrides(null, override, "PT1S"));

    List<String> lasting =
        flight.stages().stream()
            .filter(stage -> stage instanceof Soak)
            .map(stage -> Durations.print(((Soak) stage).lasts()))
            .toList();
    assertThat(lasting).containsExactly(ends.split(" "));
    assertThat(names(flight)).isEqualTo(names(plan(bundle, Overrides.NONE)));
  }

  /** What the demo and the contract ask for. */
  @Test
  void demoOverrides_areAccepted() {
    Flight flight = plan(Bundles.flight(), overrides("PT30S", "PT30S", "PT1S"));

    assertThat(((Soak) flight.stage("staging-soak")).lasts()).isEqualTo(Duration.ofSeconds(30));
    assertThat(((Soak) flight.stage("production-watch-24h")).lasts())
        .isEqualTo(Duration.ofSeconds(30));
    assertThat(flight.shortened()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "soak: 2m59s | | | dev-soak lasts 2m59s and would see probes every 1m",
        "soak: 24h | PT30S | | dev-soak lasts 30s and would see probes every 1m",
        "soak: 24h | PT17S | PT1S | dev-soak lasts 17s and would see probes every 6s",
        "soak: 3m | | PT20S | dev-soak lasts 3m and would see probes every 2m",
        "soak: {for: 14m, sample: 5m} | | | dev-soak lasts 14m and would see probes every 5m",
        "soak: [1m, 24h] | | | dev-soak-1m lasts 1m and would see probes every 1m",
        "soak: [1h, 24h] | PT1M | | dev-soak-24h lasts 1m and would see probes every 1m",
      })
  void fewerThanThreeRoundsOfProbes_areRefused(
      String options, String soak, String sample, String message) {
    Bundle bundle = Bundles.of(HEAD + "through: [{dev: {" + options + "}}]");

    assertRefused(
        bundle,
        Promotions.sandboxes(bundle),
        overrides(soak, null, sample),
        List.of(),
        message + ": three rounds are the least. Make it longer, or the sample shorter");
  }

  @ParameterizedTest
  @CsvSource({"soak: 3m, , ", "soak: 24h, PT3M, ", "soak: 24h, PT18S, PT1S"})
  void threeRoundsOfProbes_areEnough(String options, String soak, String sample) {
    Bundle bundle = Bundles.of(HEAD + "through: [{dev: {" + options + "}}]");

    assertThat(names(plan(bundle, overrides(soak, null, sample)))).contains("dev-soak");
  }

  @Test
  void overridesOutsideASandbox_areRefused() {
    Bundle bundle = Bundles.flight();
    Map<String, EnvironmentFacts> facts = new LinkedHashMap<>(Promotions.sandboxes(bundle));
    facts.put("production", facts(bundle, true, false, "magnus").get("production"));
    String message =
        "times may be shortened and windows skipped only in sandboxes, and production is none."
            + " Start without overrides";

    assertRefused(bundle, facts, overrides("PT1H", null, null), List.of(), message);
    assertRefused(bundle, facts, overrides(null, "PT1H", null), List.of(), message);
    assertRefused(bundle, facts, overrides(null, null, "PT5S"), List.of(), message);
    Flight without = FlightPlanner.plan(bundle, facts, Overrides.NONE, List.of());
    assertThat(without.shortened()).isFalse();
    Flight elsewhere =
        FlightPlanner.plan(bundle, facts, overrides("PT1H", null, null), List.of("staging"));
    assertThat(elsewhere.shortened()).isTrue();
  }

  @Test
  void overrideWithNothingToOverride_doesNothing() {
    Bundle bundle = Bundles.of(HEAD + "through: [dev, {staging: {soak: 24h}}]");
    Map<String, EnvironmentFacts> facts = facts(bundle, true, false, "magnus");
    Overrides all =
        new Overrides(duration("PT1M"), duration("PT1M"), duration("PT1S"), duration("PT1M"), true);

    assertThat(FlightPlanner.plan(bundle, facts, all, List.of("dev")))
        .isEqualTo(FlightPlanner.plan(bundle, facts, Overrides.NONE, List.of("dev")));
    assertThat(FlightPlanner.plan(bundle, facts, overrides(null, "PT1M", null), List.of()))
        .isEqualTo(FlightPlanner.plan(bundle, facts, Overrides.NONE, List.of()));
  }

  @Test
  void chosenEnvironments_areTakenInTheOrderOfTheChange() {
    Flight flight = plan(Bundles.flight(), Overrides.NONE, "production", "staging");

    assertThat(flight.environments()).containsExactly("staging", "production");
    assertThat(steps(flight.deploy("staging"))).contains("verify-reverted");
  }

  @Test
  void unknownEnvironment_isRefused() {
    Bundle bundle = Bundles.flight();

    assertRefused(
        bundle,
        Promotions.sandboxes(bundle),
        Overrides.NONE,
        List.of("dev", "qa"),
        "the change does not go through \"qa\"; it goes through dev, staging, production");
  }

  @Test
  void environmentWithoutAWorker_isRefused() {
    Bundle bundle = Bundles.flight();
    Map<String, EnvironmentFacts> facts = new LinkedHashMap<>(Promotions.sandboxes(bundle));
    facts.remove("production");

    assertRefused(
        bundle,
        facts,
        Overrides.NONE,
        List.of(),
        "no worker has announced the environment \"production\"; announced are dev, staging."
            + " Start its worker, or choose other environments");
    assertRefused(
        bundle,
        Map.of(),
        Overrides.NONE,
        List.of(),
        "no worker has announced the environment \"dev\"; announced are none. Start its worker,"
            + " or choose other environments");
    assertThat(FlightPlanner.plan(bundle, facts, Overrides.NONE, List.of("dev")).environments())
        .containsExactly("dev");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "b | a b | b",
        "'' | a | a",
      })
  void target_isTheOneNamedOrTheOnlyOne(String wanted, String targets, String chosen) {
    Bundle bundle = withTarget(wanted);
    Map<String, EnvironmentFacts> facts = facts(bundle, false, true, targets.split(" "));

    Flight flight = FlightPlanner.plan(bundle, facts, Overrides.NONE, List.of());

    assertThat(flight.deploy("dev").target()).isEqualTo(chosen);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "c | a b | dev has no target \"c\"; it has [a, b]",
        "'' | a b | dev has the targets [a, b]: name one with target in the change",
      })
  void targetThatIsNotThereOrNotClear_isRefused(String wanted, String targets, String message) {
    Bundle bundle = withTarget(wanted);

    assertRefused(
        bundle, facts(bundle, false, true, targets.split(" ")), Overrides.NONE, List.of(), message);
  }

  private static Bundle withTarget(String target) {
    return Bundles.of(
        HEAD + (target.isEmpty() ? "" : "target: " + target + "\n") + "through: [dev]");
  }

  @Test
  void overrides_areToldInWords() {
    Overrides all =
        new Overrides(
            duration("PT30S"), duration("PT1M"), duration("PT1S"), duration("PT2H"), true);

    assertThat(all.text()).isEqualTo("soak 30s, watch 1m, sample 1s, follow-up 2h, any window");
    assertThat(Overrides.NONE.text()).isEmpty();
  }

  /** Of what is observed a hundredth, and fifteen minutes at most; a round each ten seconds. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "soak: 24h | probe.*.p95 > baseline + 20% | - | - | PT14M24S | PT10S",
        "soak: 24h, watch: [2h, 7d] | probe.*.p95 > baseline + 20% | - | - | PT15M | PT10S",
        "watch: 5h | probe.q.p50 > baseline * 2 | - | - | PT3M | PT10S",
        "soak: 24h | probe.degradation > 10% | - | - | PT14M24S | PT10S",
        "soak: 24h | probe.*.p95 > baseline + 20% | PT10M | PT0.25S | PT6S | PT0.25S",
        "soak: 1h | probe.*.p95 > baseline + 20% | - | - | - | -",
        "soak: 24h | probe.*.p95 > baseline + 20% | PT30S | PT1S | - | -",
        "soak: 24h | probe.*.p95 > 500ms | - | - | - | -",
        "soak: 24h | sessions.active > baseline + 20% | - | - | - | -",
        "backup: none | probe.*.p95 > baseline + 20% | - | - | - | -"
      })
  void baseline_isTakenInRoundsWhereProbesAreHeldAgainstItForLong(
      String observed, String limit, String soak, String sample, String lasts, String every) {
    Bundle bundle =
        Bundles.of(
            HEAD
                + "probes: { q: SELECT 1 }\nrollback_if: ["
                + limit
                + "]\nthrough: [dev: { "
                + observed
                + " }]");

    Step.Baseline baseline =
        plan(bundle, overrides(soak, null, sample)).deploy("dev").steps().stream()
            .filter(Step.Baseline.class::isInstance)
            .map(Step.Baseline.class::cast)
            .findFirst()
            .orElseThrow();

    assertThat(baseline.rounds())
        .isEqualTo(
            Optional.ofNullable(lasts)
                .map(l -> new Step.Baseline.Rounds(Duration.parse(l), Duration.parse(every))));
    assertThat(baseline.title())
        .isEqualTo(
            "measure before the change"
                + (lasts == null ? "" : ", for " + Durations.print(Duration.parse(lasts))));
  }

  @Test
  void baselineOfAnEarlierVersion_hasNoRoundsAndIsWrittenAsItWas() {
    Step read = Json.read("{\"step\":\"baseline\"}", Step.class);

    assertThat(read).isEqualTo(new Step.Baseline());
    assertThat(Json.text(read)).isEqualTo("{\"step\":\"baseline\"}");
  }
}
