package io.lockkeeper.activity;

import java.util.List;
import java.util.Optional;

/**
 * What an activity is doing right now, in its heartbeat. Everything but {@code what} may be absent,
 * as it is in heartbeats of earlier versions.
 *
 * @param what in words: {@code create index idx_stocks_sector}
 * @param percent 0 to 100, of the phase; absent where the server does not tell
 * @param unit which unit of the section, from 1; zero outside sections
 * @param units how many the section has; zero outside sections
 * @param step its name: {@code apply-30_indexes}
 * @param phase in the server's words: {@code building index: scanning table}
 * @param counted how much of the phase is done
 * @param secondsLeft of the phase, by the rate of the last samples; absent while it is not known
 * @param blockedByUs who stands behind our backend; absent where nobody does
 * @param blockingUs whom our backend waits for; empty where it waits for nobody
 * @param lockAttempt how often the unit's locks were asked for, from 1; zero where none is needed
 */
public record Progress(
    String what,
    Optional<Double> percent,
    int unit,
    int units,
    Optional<String> step,
    Optional<String> phase,
    Optional<Counted> counted,
    Optional<Double> secondsLeft,
    Optional<Behind> blockedByUs,
    List<Blocker> blockingUs,
    int lockAttempt) {

  /**
   * Something counted by the server.
   *
   * @param what {@code blocks}, {@code tuples}, {@code bytes}
   */
  public record Counted(String what, long done, long total) {}

  /**
   * Sessions behind our backend.
   *
   * @param longest seconds of the longest of their waits
   */
  public record Behind(int sessions, double longest) {}

  public Progress {
    // Absent in heartbeats of earlier versions.
    blockingUs = blockingUs == null ? List.of() : List.copyOf(blockingUs);
  }

  public static Progress of(String what) {
    return of(what, 0, 0);
  }

  public static Progress of(String what, int unit, int units) {
    return new Progress(
        what,
        Optional.empty(),
        unit,
        units,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        0);
  }

  /** Of that step. */
  public Progress in(String name) {
    return new Progress(
        what,
        percent,
        unit,
        units,
        Optional.of(name),
        phase,
        counted,
        secondsLeft,
        blockedByUs,
        blockingUs,
        lockAttempt);
  }

  /** With what stands in the way, and who stands behind. */
  public Progress locks(Optional<Behind> behind, List<Blocker> before, int attempt) {
    return new Progress(
        what, percent, unit, units, step, phase, counted, secondsLeft, behind, before, attempt);
  }

  /** With what the server tells of the statement that runs. */
  public Progress phase(
      String name, Optional<Double> share, Optional<Counted> count, Optional<Double> left) {
    return new Progress(
        what,
        share,
        unit,
        units,
        step,
        Optional.of(name),
        count,
        left,
        blockedByUs,
        blockingUs,
        lockAttempt);
  }
}
