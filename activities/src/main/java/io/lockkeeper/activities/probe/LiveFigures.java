package io.lockkeeper.activities.probe;

import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.probe.ServerFigures.Counters;
import io.lockkeeper.activities.probe.ServerFigures.Sessions;
import io.lockkeeper.activities.probe.ServerFigures.Standbys;
import io.lockkeeper.limit.Reading;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The live metrics of one database for one promotion: what a look at the server told, counted from
 * the promotion's own marks. Pure but for {@link #read}.
 */
public final class LiveFigures {
  /** Among the marks: when the server was started, and when it began to count. */
  public static final String SERVER = "server";

  private static final String NO_SIGHT =
      "the role lacks pg_read_all_stats (GRANT pg_monitor TO it)";
  private static final String DEADLOCKS = "deadlocks";
  static final String ROLLBACK_RATE = "transactions.rollback_rate";
  static final String HIT_RATIO = "cache.hit_ratio";

  /** Other marks are others': somebody may write them while a look is under way. */
  private static final Set<String> OURS = Set.of(SERVER, DEADLOCKS, ROLLBACK_RATE, HIT_RATIO);

  private LiveFigures() {}

  /**
   * Figures with the marks that counters count from.
   *
   * @param readings by metric
   * @param marks where counters of these metrics stood at the stage's start, and no others
   * @param notes what people should know of the server since the marks, such as a restart
   */
  public record Sampled(
      Map<String, Reading> readings, Map<String, String> marks, List<String> notes) {
    public Sampled {
      notes = List.copyOf(notes);
    }
  }

  /**
   * Looks at the server for one alone.
   *
   * @param marks of an earlier sample; empty begins to count now
   */
  public static Sampled read(Target target, Map<String, String> marks) throws SQLException {
    return of(target.read(ServerFigures::of), marks);
  }

  /** As {@link #read}, of a look that others may share. */
  public static Sampled of(ServerFigures figures, Map<String, String> marks) {
    Map<String, String> counted = new HashMap<>(marks);
    counted.keySet().retainAll(OURS);
    Map<String, Reading> readings = new LinkedHashMap<>();
    put(readings, figures.sessions(), figures.seesAll());
    boolean anew = count(readings, figures.counters(), counted);
    readings.put("database.size", new Reading.Figure(figures.size()));
    readings.put("replication.lag", lag(figures.standbys(), figures.seesAll()));
    readings.put("disk.free", figures.disk().reading());
    return new Sampled(readings, counted, notes(figures, anew, counted));
  }

  /**
   * The shares of what the server has counted since it began to, for which one look is enough: a
   * baseline. Missing where it has counted nothing.
   */
  public static Map<String, Reading> sinceReset(ServerFigures figures) {
    Counters counters = figures.counters();
    Map<String, Reading> readings = new LinkedHashMap<>();
    readings.put(ROLLBACK_RATE, share(counters.rolledBack(), counters.committed(), "transaction"));
    readings.put(HIT_RATIO, share(counters.hit(), counters.read(), "block"));
    return readings;
  }

  private static Reading share(double of, double others, String what) {
    return of + others == 0
        ? new Reading.Missing("the server has counted no " + what + " yet")
        : new Reading.Figure(of / (of + others));
  }

  private static void put(Map<String, Reading> readings, Sessions sessions, boolean seesAll) {
    put(readings, "locks.waiting", seesAll, sessions.waiting());
    if (sessions.longestWait().isPresent()) {
      put(readings, "locks.longest_wait", seesAll, sessions.longestWait().get());
    } else {
      readings.put("locks.longest_wait", new Reading.Missing("PostgreSQL tells it from 14 on"));
    }
    put(readings, "sessions.active", seesAll, sessions.active());
    put(readings, "sessions.blocked", seesAll, sessions.blocked());
    put(readings, "sessions.idle_in_transaction", seesAll, sessions.idleInTransaction());
    put(readings, "sessions.total", seesAll, sessions.total());
    put(readings, "transactions.oldest", seesAll, sessions.oldest());
  }

  private static void put(
      Map<String, Reading> readings, String metric, boolean sees, double value) {
    readings.put(metric, sees ? new Reading.Figure(value) : new Reading.Missing(NO_SIGHT));
  }

  /**
   * What is counted since the marks, which are moved on.
   *
   * @return whether the server began to count anew since the look before
   */
  private static boolean count(
      Map<String, Reading> readings, Counters counters, Map<String, String> marks) {
    List<Double> ends = List.of(counters.committed(), counters.rolledBack());
    List<Double> locks = List.of(counters.deadlocks());
    List<Double> blocks = List.of(counters.hit(), counters.read());
    CounterMark ended = mark(marks, ROLLBACK_RATE, ends);
    CounterMark deadlocked = mark(marks, DEADLOCKS, locks);
    CounterMark fetched = mark(marks, HIT_RATIO, blocks);
    boolean anew = ended.isAhead(ends) || deadlocked.isAhead(locks) || fetched.isAhead(blocks);
    ended = ended.next(ends, anew);
    deadlocked = deadlocked.next(locks, anew);
    fetched = fetched.next(blocks, anew);
    double all = ended.since(0) + ended.since(1);
    readings.put(ROLLBACK_RATE, new Reading.Figure(all == 0 ? 0 : ended.since(1) / all));
    readings.put(DEADLOCKS, new Reading.Figure(deadlocked.since(0)));
    readings.put(HIT_RATIO, hitRatio(fetched.since(0), fetched.since(1)));
    marks.put(ROLLBACK_RATE, ended.text());
    marks.put(DEADLOCKS, deadlocked.text());
    marks.put(HIT_RATIO, fetched.text());
    return anew;
  }

  private static CounterMark mark(Map<String, String> marks, String metric, List<Double> now) {
    return CounterMark.read(marks.get(metric), now.size()).orElseGet(() -> CounterMark.at(now));
  }

  private static Reading hitRatio(double hit, double read) {
    return hit + read == 0
        ? new Reading.NotApplicable("no block was read since the stage began")
        : new Reading.Figure(hit / (hit + read));
  }

  /**
   * A standby that has replayed all tells no lag, which is zero; one that is away or catches up
   * tells none either, which is not.
   */
  private static Reading lag(Standbys standbys, boolean seesAll) {
    if (standbys.idleSlot().isPresent()) {
      return new Reading.Missing(
          "no standby is connected to the replication slot " + standbys.idleSlot().get());
    }
    if (standbys.count() == 0) {
      return new Reading.NotApplicable("no standby is connected");
    }
    if (!seesAll) {
      return new Reading.Missing(NO_SIGHT);
    }
    return standbys.catchingUp().isPresent()
        ? new Reading.Missing(
            "the standby " + standbys.catchingUp().get() + " catches up and tells no lag yet")
        : new Reading.Figure(standbys.lag());
  }

  /** In the marks stands which server it was, and since when it had counted. */
  private static List<String> notes(
      ServerFigures figures, boolean anew, Map<String, String> marks) {
    String reset = figures.counters().reset();
    @Nullable String before = marks.put(SERVER, figures.started() + "|" + reset);
    List<String> notes = new ArrayList<>();
    if (before != null && !before.startsWith(figures.started() + "|")) {
      notes.add("the server was restarted at " + figures.started());
    }
    if (anew) {
      boolean told = before != null && !before.endsWith("|" + reset) && !reset.equals("-");
      notes.add(
          "the server began to count anew"
              + (told ? ", its statistics were reset at " + reset : "")
              + ": what was counted until then stays counted");
    }
    return notes;
  }
}
