package io.lockkeeper.activities.sampling;

import io.lockkeeper.activities.probe.PlanShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the queries of probes are planned as before: each is looked at once a window, and another
 * plan is told once. It decides nothing. Safe for several threads.
 */
final class PlanWatch {
  private static final String MARK = "plan.";

  private final Map<String, String> known = new HashMap<>();
  private final Set<String> seen = new HashSet<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * @param marks of the stage, with what was told in earlier windows
   */
  PlanWatch(Map<String, String> marks) {
    marks.forEach(
        (name, digest) -> {
          if (name.startsWith(MARK)) {
            known.put(name, digest);
          }
        });
  }

  /** Whether it was not looked at in this window. */
  synchronized boolean wants(String probe) {
    return !seen.contains(probe);
  }

  /**
   * @param before digest of its plan before the change; absent where the query was not planned
   *     then, and what is seen first is held against
   */
  synchronized void look(String probe, Optional<String> before, PlanShape now) {
    seen.add(probe);
    @Nullable String last = known.get(MARK + probe);
    String digest = now.digest();
    if (digest.equals(last == null ? before.orElse(digest) : last)) {
      if (before.isEmpty()) {
        known.put(MARK + probe, digest);
      }
      return;
    }
    known.put(MARK + probe, digest);
    String how =
        last == null
            ? " is another one than before the change: "
            : before.filter(digest::equals).isPresent()
                ? " is again the one from before the change: "
                : " has changed: ";
    notes.add("the plan of " + probe + how + now.line());
  }

  /** What there is to tell; it is told from then on. */
  synchronized List<String> take() {
    List<String> taken = List.copyOf(notes);
    notes.clear();
    return taken;
  }

  /** What was seen, for the next window. */
  synchronized Map<String, String> marks() {
    return Map.copyOf(known);
  }
}
