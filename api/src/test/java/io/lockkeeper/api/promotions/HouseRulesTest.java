package io.lockkeeper.api.promotions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.api.policy.Policy;
import io.lockkeeper.api.policy.PolicyFile;
import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.ChangeReader;
import io.lockkeeper.environment.EnvironmentFacts;
import io.lockkeeper.environment.EnvironmentFacts.TargetFacts;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.json.Json;
import io.lockkeeper.plan.Flight;
import io.lockkeeper.plan.FlightPlanner;
import io.lockkeeper.plan.Overrides;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HouseRulesTest {
  private static final Policy POLICY =
      PolicyFile.read(
          "policy.yaml",
          """
          policy:
            environments:
              production: { min_soak: 24h, roles: [dba] }
            people:
              - { name: ana, roles: [release-manager, dba] }
              - { name: boris, roles: [dba] }
          """);
  private static final Overrides SHORT_SOAK =
      new Overrides(
          Optional.of(Duration.ofMinutes(10)),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false);

  private static Bundle bundle(String soak) {
    return bundle(soak, "dba");
  }

  private static Bundle bundle(String soak, String role) {
    return read(
        """
        change: one-index
        why: faster
        risk: low
        through:
          - staging: { soak: %s }
          - production: { sign_off: [%s] }
        """
            .formatted(soak, role));
  }

  private static Bundle followedUp(String role) {
    return read(
        """
        change: one-index
        why: faster
        risk: low
        through:
          - staging: { soak: 24h }
          - production: { sign_off: [dba] }
        follow_up: [{ after: 1d, ask: what was learned?, role: %s }]
        """
            .formatted(role));
  }

  private static Bundle read(String change) {
    TreeMap<String, byte[]> files = new TreeMap<>();
    files.put("change.yaml", change.getBytes(UTF_8));
    files.put("sql/10_one.sql", "CREATE INDEX CONCURRENTLY one ON t (a);".getBytes(UTF_8));
    Findings findings = new Findings();
    return ChangeReader.read(files, findings)
        .orElseThrow(() -> new AssertionError(findings.all().toString()));
  }

  private static Map<String, EnvironmentFacts> facts(boolean production) {
    TargetFacts main =
        new TargetFacts("main", "postgresql", Optional.empty(), Optional.empty(), Optional.empty());
    Map<String, EnvironmentFacts> facts = new LinkedHashMap<>();
    for (String name : List.of("dev", "staging", "production")) {
      facts.put(name, new EnvironmentFacts(name, production, true, List.of(main)));
    }
    return facts;
  }

  private static Flight flight(Bundle bundle, Overrides overrides, String... selected) {
    return FlightPlanner.plan(
        bundle, facts(false), overrides, List.of(selected), POLICY.rehearsedBefore());
  }

  private static void refuse(Policy policy, Bundle bundle, Flight flight, String barred) {
    HouseRules.refuse(policy, bundle.change(), flight, Set.of(barred), facts(false));
  }

  @Test
  void aSoakOfThePolicysLength_isEnough() {
    Bundle bundle = bundle("24h");

    assertThatCode(() -> refuse(POLICY, bundle, flight(bundle, Overrides.NONE), "ana"))
        .doesNotThrowAnyException();
  }

  @Test
  void aShorterSoak_isRefused() {
    Bundle bundle = bundle("23h");

    assertThatThrownBy(() -> refuse(POLICY, bundle, flight(bundle, Overrides.NONE), "ana"))
        .isInstanceOf(ProblemException.class)
        .hasMessage(
            "the policy wants a soak of 24h before production, and this promotion soaks 23h in"
                + " staging. Nothing was started. Let it go through an environment with such a soak"
                + " first");
  }

  @Test
  void followUpForARoleThatNobodyHas_isRefused_andWhoAskedMayAnswerForOne() {
    Bundle nobody = followedUp("operations-lead");
    Bundle asker = followedUp("release-manager");

    assertThatThrownBy(() -> refuse(POLICY, nobody, flight(nobody, Overrides.NONE), "ana"))
        .isInstanceOf(ProblemException.class)
        .hasMessage(
            "the role operations-lead of the follow-up ask-1 has nobody in the policy: add"
                + " somebody");
    assertThatCode(() -> refuse(POLICY, asker, flight(asker, Overrides.NONE), "ana"))
        .doesNotThrowAnyException();
  }

  @Test
  void aSoakThatWasNotSelected_doesNotCount() {
    Bundle bundle = bundle("24h");

    assertThatThrownBy(
            () -> refuse(POLICY, bundle, flight(bundle, Overrides.NONE, "production"), "ana"))
        .hasMessageStartingWith(
            "the policy wants a soak of 24h before production, and this promotion goes through no"
                + " environment before it");
  }

  @Test
  void anOverrideOfASoakThatWasNotSelected_doesNotCountEither() {
    Bundle bundle = bundle("24h");

    assertThatThrownBy(
            () -> refuse(POLICY, bundle, flight(bundle, SHORT_SOAK, "production"), "ana"))
        .isInstanceOf(ProblemException.class)
        .extracting(e -> ((ProblemException) e).problem().code())
        .isEqualTo("policy-soak");
  }

  @Test
  void aSoakThatIsShortenedInSandboxes_counts() {
    Bundle bundle = bundle("24h");
    Flight flight = flight(bundle, SHORT_SOAK);

    assertThat(flight.shortened()).isTrue();
    assertThatCode(() -> refuse(POLICY, bundle, flight, "ana")).doesNotThrowAnyException();
  }

  @Test
  void aRoleOfThePolicyThatTheChangeDoesNotAsk_isRefused() {
    Bundle bundle = bundle("24h", "release-manager");

    assertThatThrownBy(() -> refuse(POLICY, bundle, flight(bundle, Overrides.NONE), "eve"))
        .hasMessage("the policy wants dba to sign for production: add them");
  }

  @Test
  void aRoleThatOnlyTheRequesterHas_isRefused() {
    Bundle bundle = bundle("24h", "dba, release-manager");

    assertThatThrownBy(() -> refuse(POLICY, bundle, flight(bundle, Overrides.NONE), "ana"))
        .hasMessage(
            "the role release-manager of production has nobody in the policy but who asks and who"
                + " pushed: add somebody");
  }

  private static final Policy REHEARSED =
      PolicyFile.read(
          "policy.yaml", "policy: { environments: { production: { rehearsal_required: true } } }");

  private static Bundle through(String through) {
    TreeMap<String, byte[]> files = new TreeMap<>();
    String change = "change: one-index\nwhy: faster\nrisk: low\nthrough: " + through + "\n";
    files.put("change.yaml", change.getBytes(UTF_8));
    files.put("sql/10_one.sql", "CREATE INDEX CONCURRENTLY one ON t (a);".getBytes(UTF_8));
    Findings findings = new Findings();
    return ChangeReader.read(files, findings)
        .orElseThrow(() -> new AssertionError(findings.all().toString()));
  }

  private static Flight rehearsed(Bundle bundle, boolean production, String... selected) {
    Flight flight =
        FlightPlanner.plan(
            bundle,
            facts(production),
            Overrides.NONE,
            List.of(selected),
            REHEARSED.rehearsedBefore());
    HouseRules.refuse(REHEARSED, bundle.change(), flight, Set.of("ana"), facts(production));
    return flight;
  }

  private static List<String> rehearsing(Flight flight) {
    return flight.environments().stream()
        .filter(
            environment ->
                flight.deploy(environment).steps().stream()
                    .anyMatch(step -> step.name().equals("rehearse-10_one")))
        .toList();
  }

  @Test
  void whereThePolicyWantsARehearsal_theEnvironmentBeforeRehearsesToo() {
    Bundle bundle = through("[dev, staging, production]");

    assertThat(rehearsing(rehearsed(bundle, false))).containsExactly("dev", "staging");
    assertThat(rehearsing(rehearsed(bundle, false, "dev", "staging"))).containsExactly("dev");
  }

  @Test
  void aRehearsalThatThePolicyWantsAndTheChangeLeavesOut_isRefused() {
    Bundle bundle = through("[dev, staging: { rehearse: false }, production]");

    assertThatThrownBy(() -> rehearsed(bundle, false))
        .isInstanceOf(ProblemException.class)
        .hasMessage(
            "the policy wants the way back rehearsed before production, and this promotion says"
                + " rehearse: false in staging. Nothing was started. Let it be rehearsed in the"
                + " environment before");
    assertThatThrownBy(() -> rehearsed(bundle, false, "production"))
        .hasMessageContaining("this promotion goes through no environment before it");
  }

  @Test
  void anEnvironmentOfProduction_rehearsesForAnotherOnlyWhereItSaysSo() {
    assertThatThrownBy(() -> rehearsed(through("[dev, staging, production]"), true))
        .hasMessageContaining("rehearses in staging only if it says so: that is production too");
    assertThat(
            rehearsing(rehearsed(through("[dev, staging: { rehearse: true }, production]"), true)))
        .containsExactly("staging");
  }

  @Test
  void aStart_confirmsOneEnvironmentOrSeveral() {
    StartRequest one = Json.read("{\"confirm\": \"eu\"}", StartRequest.class);
    StartRequest two = Json.read("{\"confirm\": [\"eu\", \"us\"]}", StartRequest.class);

    assertThat(one.confirms("eu")).isTrue();
    assertThat(one.confirms("us")).isFalse();
    assertThat(two.confirms("eu") && two.confirms("us")).isTrue();
    assertThat(two.confirms("asia")).isFalse();
  }
}
