package io.lockkeeper.step;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which statements of others take more of the server's time since a stage began than before the
 * change, as pg_stat_statements counts. It decides nothing: who runs what may have other reasons
 * than the change.
 *
 * @param untold why it cannot be told; empty where it can
 * @param before what the figures before the change are of; absent where it cannot be told
 * @param now what the figures of the stage are of; absent where it cannot be told
 * @param more those that take more, the most first; at most ten
 * @param notes what people should know of the figures, such as a reset
 * @param texts JSON by id: the statements, without values; absent where there are none, or where
 *     the store could not be reached
 */
public record StatementChanges(
    String untold,
    Optional<Period> before,
    Optional<Period> now,
    List<StatementChange> more,
    List<String> notes,
    Optional<Attachment> texts) {

  public StatementChanges {
    more = List.copyOf(more);
    notes = List.copyOf(notes);
  }

  /** Nothing can be told. */
  public static StatementChanges untold(String why) {
    return new StatementChanges(
        why, Optional.empty(), Optional.empty(), List.of(), List.of(), Optional.empty());
  }

  /** The same of fewer statements. */
  public StatementChanges first(int most) {
    return more.size() <= most
        ? this
        : new StatementChanges(untold, before, now, more.subList(0, most), notes, texts);
  }

  /**
   * A stretch of counting, on the target's clock.
   *
   * @param from absent where the server does not tell since when it had counted
   */
  public record Period(Optional<Instant> from, Instant until) {

    /** Absent where it is not known, or too short to be divided by. */
    public Optional<Double> hours() {
      return from.map(begin -> Duration.between(begin, until).toMillis() / 3_600_000.0)
          .filter(hours -> hours > 0);
    }
  }

  /**
   * One statement.
   *
   * @param id queryid
   * @param before absent where it was not known before
   */
  public record StatementChange(String id, Optional<Count> before, Count now) {}

  /**
   * What was counted of one statement in a period.
   *
   * @param seconds of the server, in executing it
   * @param rows that it gave or changed
   * @param blocks that were not found in shared buffers
   */
  public record Count(long calls, double seconds, long rows, long blocks) {

    /** Seconds of one call. */
    public double mean() {
      return calls == 0 ? 0 : seconds / calls;
    }
  }
}
