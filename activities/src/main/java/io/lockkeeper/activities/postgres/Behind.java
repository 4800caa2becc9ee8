package io.lockkeeper.activities.postgres;

import io.lockkeeper.activity.Progress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who stands behind our backend, straight or behind somebody who does. Pure.
 *
 * @param sessions how many
 * @param longest seconds of the longest of their waits
 */
record Behind(int sessions, double longest) {
  static final Behind NOBODY = new Behind(0, 0);

  /**
   * Somebody who waits.
   *
   * @param since when he began, on the server's clock, seconds since 1970
   * @param counts whether he is a client of the target, and none of ours
   * @param blockers whom he waits for
   */
  record Waiter(double since, boolean counts, List<Integer> blockers) {}

  /**
   * @param pid of our backend
   * @param charged from when on who begins to wait is charged to us: whoever waited before would
   *     wait without us
   */
  static Behind of(int pid, double charged, double now, Map<Integer, Waiter> waiting) {
    Set<Integer> behind = new HashSet<>();
    behind.add(pid);
    boolean grew = true;
    while (grew) {
      grew = false;
      for (Map.Entry<Integer, Waiter> waiter : waiting.entrySet()) {
        boolean later = waiter.getValue().since() >= charged;
        grew |=
            later
                && waiter.getValue().blockers().stream().anyMatch(behind::contains)
                && behind.add(waiter.getKey());
      }
    }
    List<Waiter> counted =
        waiting.entrySet().stream()
            .filter(waiter -> behind.contains(waiter.getKey()) && waiter.getValue().counts())
            .map(Map.Entry::getValue)
            .toList();
    double longest = counted.stream().mapToDouble(waiter -> now - waiter.since()).max().orElse(0);
    return new Behind(counted.size(), Math.max(0, longest));
  }

  /** As it is shown live. */
  Optional<Progress.Behind> progress() {
    return sessions == 0 ? Optional.empty() : Optional.of(new Progress.Behind(sessions, longest));
  }
}
