package io.lockkeeper.api.promotions;

import io.lockkeeper.api.policy.Policy;
import io.lockkeeper.api.policy.Policy.StatementRule;
import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.ChangeLint;
import io.lockkeeper.environment.EnvironmentFacts;
import io.lockkeeper.finding.Finding;
import io.lockkeeper.plan.Flight;
import java.util.List;
import java.util.Map;

/** Whether the policy lets the statements of a flight start. Pure. */
final class StatementRules {
  private static final String DBA = "dba";

  private StatementRules() {}

  /**
   * Looks at what would really be applied, also by a change that was pushed under another policy.
   *
   * @throws ProblemException where the policy refuses a statement, or wants a DBA to sign for it
   */
  static void refuse(
      Policy policy, Bundle bundle, Flight flight, Map<String, EnvironmentFacts> present) {
    StatementRule rule = policy.statements();
    if (rule.equals(StatementRule.NONE)) {
      return;
    }
    for (String environment : flight.environments()) {
      List<Finding> found = ChangeLint.of(bundle, environment);
      found.stream()
          .filter(finding -> rule.refuse().contains(finding.code()))
          .findFirst()
          .ifPresent(finding -> refused(environment, finding));
      if (asksPeople(policy, environment, flight, present)
          && !flight.roles(environment).contains(DBA)) {
        found.stream()
            .filter(finding -> rule.needsDba().contains(finding.code()))
            .findFirst()
            .ifPresent(finding -> needsDba(environment, finding));
      }
    }
  }

  /** A place to try things out, where nobody signs for anything, asks for no DBA either. */
  private static boolean asksPeople(
      Policy policy, String environment, Flight flight, Map<String, EnvironmentFacts> present) {
    EnvironmentFacts facts = present.get(environment);
    return (facts != null && facts.production())
        || policy.environments().containsKey(environment)
        || !flight.roles(environment).isEmpty();
  }

  private static void refused(String environment, Finding finding) {
    throw ProblemException.unprocessable(
        "policy-statement",
        "the policy refuses "
            + finding.code()
            + ", which the change would do in "
            + environment
            + " ("
            + place(finding)
            + "). Nothing was started. "
            + finding.safeWay().orElse("Leave it out"));
  }

  private static void needsDba(String environment, Finding finding) {
    throw ProblemException.unprocessable(
        "policy-dba",
        "the policy wants a dba to sign for "
            + finding.code()
            + ", which the change does in "
            + environment
            + " ("
            + place(finding)
            + "). Nothing was started. Add dba to sign_off of "
            + environment);
  }

  private static String place(Finding finding) {
    return finding.file() + ":" + finding.line();
  }
}
