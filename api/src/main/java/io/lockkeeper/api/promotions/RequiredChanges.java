package io.lockkeeper.api.promotions;

import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.change.Change;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.journal.Status;
import io.lockkeeper.plan.Flight;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Whether the changes that one requires are COMPLETE where it goes. Pure. */
final class RequiredChanges {
  private RequiredChanges() {}

  /** A promotion of a change, and where it goes. */
  record Flown(String id, Status status, Set<String> environments) {}

  /**
   * Looks at the environments of the flight only. A promotion that is COMPLETE is never taken back,
   * so one is enough, whatever came after it.
   *
   * @param promotions of a change by its name, the newest first
   * @throws ProblemException where a required change is not COMPLETE in an environment
   */
  static void refuse(Change change, Flight flight, Function<String, List<Flown>> promotions) {
    for (EnvironmentPlan plan : change.through()) {
      if (flight.environments().contains(plan.environment())) {
        plan.requiredChanges()
            .forEach(
                required ->
                    refuse(change, required, plan.environment(), promotions.apply(required)));
      }
    }
  }

  private static void refuse(
      Change change, String required, String environment, List<Flown> promotions) {
    List<Flown> there =
        promotions.stream().filter(flown -> flown.environments().contains(environment)).toList();
    if (there.stream().noneMatch(flown -> flown.status() == Status.COMPLETE)) {
      throw ProblemException.conflict(
          "required-change",
          change.name()
              + " requires "
              + required
              + " to be COMPLETE in "
              + environment
              + ", and there "
              + stands(there)
              + ". Nothing was started. "
              + (there.isEmpty() || there.get(0).status().ended()
                  ? "Promote " + required + " first"
                  : "Wait for the end of " + there.get(0).id()));
    }
  }

  private static String stands(List<Flown> there) {
    return there.isEmpty()
        ? "it was never promoted"
        : there.get(0).id() + " is " + there.get(0).status();
  }
}
