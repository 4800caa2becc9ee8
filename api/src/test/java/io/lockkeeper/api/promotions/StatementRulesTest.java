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
import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Finding.Severity;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.finding.FindingsException;
import io.lockkeeper.plan.Flight;
import io.lockkeeper.plan.FlightPlanner;
import io.lockkeeper.plan.Overrides;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StatementRulesTest {
  private static final Policy POLICY =
      policy("{ refuse: [do-block, truncate], needs_dba: [drop-column] }");

  private static Policy policy(String statements) {
    return PolicyFile.read("policy.yaml", "policy:\n  statements: " + statements + "\n");
  }

  private static Bundle bundle(String through, String sql, Findings findings) {
    TreeMap<String, byte[]> files = new TreeMap<>();
    files.put(
        "change.yaml",
        ("change: one-act\nwhy: a case\nrisk: high\nrollback: { forward_only: a case }\nthrough: ["
                + through
                + "]\n")
            .getBytes(UTF_8));
    files.put("sql/10_one.sql", sql.getBytes(UTF_8));
    return ChangeReader.read(files, findings)
        .orElseThrow(() -> new AssertionError(findings.all().toString()));
  }

  private static Map<String, EnvironmentFacts> facts(boolean production) {
    TargetFacts main =
        new TargetFacts("main", "postgresql", Optional.empty(), Optional.empty(), Optional.empty());
    return Map.of(
        "dev", new EnvironmentFacts("dev", false, true, List.of(main)),
        "production", new EnvironmentFacts("production", production, false, List.of(main)));
  }

  private static void start(Policy policy, String through, boolean production, String sql) {
    Bundle bundle = bundle(through, sql, new Findings());
    Flight flight = FlightPlanner.plan(bundle, facts(production), Overrides.NONE, List.of());
    StatementRules.refuse(policy, bundle, flight, facts(production));
  }

  @Test
  void aStatementThatThePolicyRefuses_isAnErrorAlsoWhereItsAuthorAcceptsIt() {
    Findings findings = new Findings();
    bundle("dev", "-- accept truncate: empty anyway\nTRUNCATE logs;", findings);

    findings.explain(POLICY.statements()::judge);

    assertThat(findings.hasErrors()).isTrue();
    Finding truncate =
        findings.all().stream().filter(f -> f.code().equals("truncate")).findFirst().orElseThrow();
    assertThat(truncate.text())
        .isEqualTo(
            "sql/10_one.sql:2:1: error truncate: \"truncate logs\" removes all rows, and nobody can"
                + " read until it commits (accepted: empty anyway). The policy refuses it"
                + " (statements.refuse)");
    assertThat(truncate.hazard()).isPresent();
  }

  @Test
  void aStatementThatThePolicyDoesNotName_staysWhatItIs() {
    Findings findings = new Findings();
    bundle("dev", "ALTER TABLE t DROP COLUMN a;", findings);

    findings.explain(POLICY.statements()::judge);

    assertThat(findings.all()).noneMatch(f -> f.severity() == Severity.ERROR);
  }

  @Test
  void aChangeOfBeforeThePolicy_doesNotStartWithWhatItRefuses() {
    assertThatThrownBy(() -> start(POLICY, "dev", false, "ANALYZE t;\nDO $$ BEGIN END $$;"))
        .isInstanceOf(ProblemException.class)
        .hasMessage(
            "the policy refuses do-block, which the change would do in dev (sql/10_one.sql:2)."
                + " Nothing was started. Write the statements themselves.");
  }

  @Test
  void aStatementThatNeedsADba_startsOnlyWhereOneSigns() {
    String drop = "ALTER TABLE t DROP COLUMN a;";

    assertThatThrownBy(
            () ->
                start(POLICY, "dev, { production: { sign_off: [operations-lead] } }", false, drop))
        .isInstanceOf(ProblemException.class)
        .hasMessage(
            "the policy wants a dba to sign for drop-column, which the change does in production"
                + " (sql/10_one.sql:1). Nothing was started. Add dba to sign_off of production")
        .extracting(e -> ((ProblemException) e).problem().code())
        .isEqualTo("policy-dba");
    assertThatCode(
            () ->
                start(
                    POLICY,
                    "dev, { production: { sign_off: [operations-lead, dba] } }",
                    false,
                    drop))
        .doesNotThrowAnyException();
  }

  @Test
  void whereNobodySigns_noDbaIsAskedForUnlessItIsProduction() {
    String drop = "ALTER TABLE t DROP COLUMN a;";

    assertThatCode(() -> start(POLICY, "dev", false, drop)).doesNotThrowAnyException();
    assertThatThrownBy(() -> start(POLICY, "dev, production", true, drop))
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith("the policy wants a dba to sign for drop-column");
  }

  @Test
  void aCodeThatIsNone_isFoundInThePolicy() {
    assertThatThrownBy(() -> policy("{ refuse: [drop-colum] }"))
        .isInstanceOf(FindingsException.class)
        .hasMessageContaining("did you mean \"drop-column\"?");
  }
}
