package io.lockkeeper.activities.probe;

import io.lockkeeper.activities.probe.ServerFigures.Counters;
import io.lockkeeper.limit.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Shares of what a database counted in the last five minutes, or as far back as a hundred
 * transactions need, or a thousand blocks: a few tell nothing. Since a long stage's start a spike
 * would be averaged away. Known to one worker alone. Safe for many threads.
 */
public final class RecentShares {
  private static final Duration LATELY = Duration.ofMinutes(5);
  private static final int TRANSACTIONS = 100;
  private static final int BLOCKS = 1000;

  private final RecentShare ended = new RecentShare(LATELY, TRANSACTIONS);
  private final RecentShare fetched = new RecentShare(LATELY, BLOCKS);
  private Optional<CounterMark> mark = Optional.empty();

  /** Hears of a look at the server. */
  public synchronized void see(Instant at, Counters counters) {
    List<Double> now =
        List.of(counters.committed(), counters.rolledBack(), counters.hit(), counters.read());
    CounterMark counted = mark.orElseGet(() -> CounterMark.at(now)).next(now);
    mark = Optional.of(counted);
    ended.add(at, counted.since(0) + counted.since(1), counted.since(1));
    fetched.add(at, counted.since(2) + counted.since(3), counted.since(2));
  }

  /**
   * By metric, at the last look; those alone that can be told without reaching back behind a start.
   */
  public synchronized Map<String, Reading> readings(Instant start) {
    Map<String, Reading> readings = new LinkedHashMap<>();
    put(readings, LiveFigures.ROLLBACK_RATE, ended.since(start));
    put(readings, LiveFigures.HIT_RATIO, fetched.since(start));
    return readings;
  }

  private static void put(
      Map<String, Reading> readings, String metric, Optional<RecentShare.Counted> counted) {
    counted.ifPresent(
        lately -> readings.put(metric, new Reading.Figure(lately.part() / lately.all())));
  }
}
