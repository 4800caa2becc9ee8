package io.lockkeeper.activities.sampling;

import io.lockkeeper.activity.WindowOrder;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs by stage, so that a p95 does not begin anew with every window. Those of a stage are kept
 * until a window that begins later would look back over none of them. Safe for many threads.
 */
final class StageRuns {
  private final Map<String, Kept> stages = new HashMap<>();

  private record Kept(Map<String, Recent> runs, Instant until) {}

  /**
   * Runs of a window's stage, which it goes on with.
   *
   * @param begins whether its stage begins, or begins again: it is not judged on runs from before
   */
  synchronized Map<String, Recent> of(WindowOrder order, boolean begins, Instant now) {
    stages.values().removeIf(kept -> kept.until().isBefore(now));
    String stage = order.work().promotion() + "/" + order.work().stage();
    @Nullable Kept before = begins ? null : stages.get(stage);
    Map<String, Recent> runs = before == null ? new ConcurrentHashMap<>() : before.runs();
    Instant end = order.until().isAfter(now) ? order.until() : now;
    stages.put(stage, new Kept(runs, end.plus(Recent.longer(order.plan().judged()))));
    return runs;
  }

  /** How many stages have some. */
  synchronized int size() {
    return stages.size();
  }
}
