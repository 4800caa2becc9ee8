package io.lockkeeper.activities.step;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.probe.Bound;
import io.lockkeeper.activities.probe.ProbeRunner.UnmeasuredException;
import io.lockkeeper.change.Probe;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.step.Step.Baseline.Rounds;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rounds of probes spread over some minutes: a server wanders, and one go of runs sees only where
 * it is just then.
 */
final class ProbeRounds {
  /** A stop is obeyed so soon. */
  private static final Duration NAP = Duration.ofSeconds(1);

  private final Way way;
  private final Running running;
  private final Rounds wanted;
  private final Map<String, List<List<Double>>> taken = new LinkedHashMap<>();

  /**
   * @param way that each round is run
   * @param wanted how long, and how often
   */
  ProbeRounds(Way way, Running running, Rounds wanted) {
    this.way = way;
    this.running = running;
    this.wanted = wanted;
  }

  /** Seconds of the runs of one round. */
  interface Way {
    List<Double> round(Probe probe, Bound bound) throws SQLException, UnmeasuredException;
  }

  /** What is done before each round; it may find that those taken are enough. */
  interface Before {
    boolean isEnough(Map<String, List<List<Double>>> taken) throws SQLException;
  }

  /**
   * Takes as much time as is wanted, or less where that is enough.
   *
   * @param measured what each probe is run with
   * @return by name, seconds by rounds; a round that failed is left out
   */
  Map<String, List<List<Double>>> take(Map<Probe, Bound> measured, Before before)
      throws SQLException {
    long began = System.nanoTime();
    long end = began + wanted.lasts().toNanos();
    long next = began;
    // What is left of the time holds a whole round, so that all are equally far apart.
    while (next + wanted.every().toNanos() <= end) {
      rest(next, end);
      long start = System.nanoTime();
      if (before.isEnough(taken)) {
        return taken;
      }
      for (Map.Entry<Probe, Bound> probe : measured.entrySet()) {
        round(probe.getKey(), probe.getValue());
      }
      // Never more than half of the time, however slow the probes are.
      long took = System.nanoTime() - start;
      next = start + Math.max(wanted.every().toNanos(), 2 * took);
    }
    return taken;
  }

  private void round(Probe probe, Bound bound) throws SQLException {
    try {
      List<Double> seconds = way.round(probe, bound);
      taken.computeIfAbsent(probe.name(), name -> new ArrayList<>()).add(seconds);
    } catch (UnmeasuredException e) {
      running.beat("a round of " + e.text());
    } catch (SQLException e) {
      if (SqlFailures.isConnection(e)) {
        throw e;
      }
      running.beat("a round of " + probe.name() + " failed: " + SqlFailures.text(e));
    }
  }

  private void rest(long until, long end) {
    for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
      Duration all = Duration.ofSeconds((end - System.nanoTime()) / 1_000_000_000);
      running.beat(
          "measures how the probes scatter for another " + Durations.print(all) + " at most");
      Duration rest = Duration.ofNanos(left);
      running.rest(rest.compareTo(NAP) < 0 ? rest : NAP);
    }
  }
}
