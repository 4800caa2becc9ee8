package io.lockkeeper.api.reports;

import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.series.KeptSeries;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is no more there of series that are asked for, because it was kept for long enough.
 *
 * @param from by stage of which windows are left, the first point that is
 * @param gone by stage of which nothing is left, when the last was removed
 */
record Removed(Map<String, Instant> from, Map<String, Instant> gone) {
  Removed {
    from = new TreeMap<>(from);
    gone = new TreeMap<>(gone);
  }

  /**
   * @throws ProblemException 410 where nothing is left of any stage that is asked for
   */
  static Removed of(String promotion, KeptSeries kept, Wanted wanted) {
    Map<String, Instant> from = new TreeMap<>();
    Map<String, Instant> gone = new TreeMap<>();
    kept.keptUntil().keySet().stream()
        .filter(wanted::has)
        .forEach(
            stage -> {
              kept.keptFrom(stage).ifPresent(first -> from.put(stage, first));
              kept.goneSince(stage).ifPresent(until -> gone.put(stage, until));
            });
    boolean isLeft =
        kept.stages().keySet().stream().anyMatch(s -> wanted.has(s) && !gone.containsKey(s));
    if (!gone.isEmpty() && !isLeft) {
      throw expired(promotion, gone.values());
    }
    return new Removed(from, gone);
  }

  /** A header a stage. */
  void tell(Response.ResponseBuilder response) {
    from.forEach((stage, first) -> response.header("Lockkeeper-Kept-From", stage + " " + first));
    gone.forEach((stage, until) -> response.header("Lockkeeper-Expired", stage + " " + until));
  }

  private static ProblemException expired(String promotion, Collection<Instant> removed) {
    return ProblemException.gone(
        "series-expired",
        "the series of "
            + promotion
            + " were kept until "
            + removed.stream().max(Instant::compareTo).orElseThrow()
            + ": its report tells what the journal holds of them");
  }
}
