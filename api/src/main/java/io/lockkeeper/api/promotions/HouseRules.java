package io.lockkeeper.api.promotions;

import io.lockkeeper.api.policy.Policy;
import io.lockkeeper.api.policy.Policy.EnvironmentRule;
import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.change.Change;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.Milestone;
import io.lockkeeper.environment.EnvironmentFacts;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.plan.Flight;
import io.lockkeeper.plan.FollowUpPlan;
import io.lockkeeper.stage.StagePlan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Whether the policy lets a flight start. Pure. */
final class HouseRules {
  private HouseRules() {}

  /**
   * Looks at the flight that would really be flown: an environment that was not selected does not
   * count.
   *
   * @param barred who cannot sign: who asks, and who pushed the change
   * @param present environments that have a worker, by name
   * @throws ProblemException where the policy asks for more than the flight has
   */
  static void refuse(
      Policy policy,
      Change change,
      Flight flight,
      Set<String> barred,
      Map<String, EnvironmentFacts> present) {
    for (StagePlan stage : flight.stages()) {
      if (stage instanceof StagePlan.SignOff gate) {
        gate.roles().forEach(role -> refuseNobody(policy, gate.environment(), role, barred));
      }
    }
    flight.followUps().forEach(left -> refuseNobodyLeft(policy, left));
    Optional<EnvironmentPlan> before = Optional.empty();
    for (EnvironmentPlan plan : change.through()) {
      if (flight.environments().contains(plan.environment())) {
        EnvironmentRule rule = policy.environments().get(plan.environment());
        if (rule != null) {
          refuseMissingRoles(rule, plan);
          refuseShortSoak(rule, plan, before);
          refuseUnrehearsed(rule, plan, before, present);
        }
        before = Optional.of(plan);
      }
    }
  }

  private static void refuseNobody(
      Policy policy, String environment, String role, Set<String> barred) {
    if (!policy.couldSign(role, barred)) {
      throw ProblemException.unprocessable(
          "nobody-for-role",
          "the role "
              + role
              + " of "
              + environment
              + " has nobody in the policy but who asks and who pushed: add somebody");
    }
  }

  /** Who asked for a promotion may well answer for what is left of it. */
  private static void refuseNobodyLeft(Policy policy, FollowUpPlan left) {
    if (!policy.couldSign(left.role(), Set.of())) {
      throw ProblemException.unprocessable(
          "nobody-for-role",
          "the role "
              + left.role()
              + " of the follow-up "
              + left.name()
              + " has nobody in the policy: add somebody");
    }
  }

  private static void refuseMissingRoles(EnvironmentRule rule, EnvironmentPlan plan) {
    Set<String> missing = new TreeSet<>(rule.roles());
    plan.signOff().ifPresent(signOff -> missing.removeAll(signOff.roles()));
    if (!missing.isEmpty()) {
      throw ProblemException.unprocessable(
          "policy-roles",
          "the policy wants "
              + String.join(", ", missing)
              + " to sign for "
              + plan.environment()
              + ": add them");
    }
  }

  /**
   * What counts is the soak that the bundle asks for: overrides shorten it, and only in sandboxes,
   * which the planner looks at.
   */
  private static void refuseShortSoak(
      EnvironmentRule rule, EnvironmentPlan plan, Optional<EnvironmentPlan> before) {
    Duration least = rule.minSoak().orElse(Duration.ZERO);
    Duration soaks = before.map(EnvironmentPlan::soak).map(HouseRules::last).orElse(Duration.ZERO);
    if (soaks.compareTo(least) < 0) {
      throw ProblemException.unprocessable(
          "policy-soak",
          "the policy wants a soak of "
              + Durations.print(least)
              + " before "
              + plan.environment()
              + ", and this promotion "
              + before
                  .map(b -> "soaks " + Durations.print(soaks) + " in " + b.environment())
                  .orElse("goes through no environment before it")
              + ". Nothing was started. Let it go through an environment with such a soak first");
    }
  }

  /** What has no way back at all cannot be rehearsed, and its plan says so. */
  private static void refuseUnrehearsed(
      EnvironmentRule rule,
      EnvironmentPlan plan,
      Optional<EnvironmentPlan> before,
      Map<String, EnvironmentFacts> present) {
    if (!rule.rehearsalRequired()) {
      return;
    }
    Optional<String> why =
        before.isEmpty()
            ? Optional.of("goes through no environment before it")
            : whyUnrehearsed(before.get(), present);
    if (why.isPresent()) {
      throw ProblemException.unprocessable(
          "policy-rehearsal",
          "the policy wants the way back rehearsed before "
              + plan.environment()
              + ", and this promotion "
              + why.get()
              + ". Nothing was started. Let it be rehearsed in the environment before");
    }
  }

  private static Optional<String> whyUnrehearsed(
      EnvironmentPlan before, Map<String, EnvironmentFacts> present) {
    if (before.rehearse().isPresent()) {
      return before.rehearse().get()
          ? Optional.empty()
          : Optional.of("says rehearse: false in " + before.environment());
    }
    EnvironmentFacts facts = present.get(before.environment());
    return facts != null && facts.production()
        ? Optional.of(
            "rehearses in " + before.environment() + " only if it says so: that is production too")
        : Optional.empty();
  }

  private static Duration last(List<Milestone> milestones) {
    return milestones.isEmpty() ? Duration.ZERO : milestones.get(milestones.size() - 1).lasts();
  }
}
