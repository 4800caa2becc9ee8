package io.lockkeeper.change;

import io.lockkeeper.limit.Limit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a section is applied.
 *
 * @param guard limits while it runs, each judged reading by reading, or over its written {@code
 *     for}
 * @param health limits before it begins, each judged on one reading
 * @param checks names of checks that pass before the next section
 * @param within how long it may take; over it, the statement is cancelled and cleaned up
 * @param each how long one unit may take
 * @param pace pause after it and, of batches, between them
 * @param batches whether its one statement runs again, a transaction each, until it changes no row
 * @param existing what is done about an object that is there already
 * @param keep whether a rollback leaves it as it is
 * @param resume what ends a pause that guard or health made
 * @param endIdleBlockers an idle transaction that blocks us and is older than this is ended; absent
 *     where nobody allowed it. At least 10 s
 */
public record SectionRules(
    List<GuardRule> guard,
    List<Limit> health,
    List<String> checks,
    Optional<Duration> within,
    Optional<Duration> each,
    Duration pace,
    boolean batches,
    Existing existing,
    boolean keep,
    Resume resume,
    Optional<Duration> endIdleBlockers) {

  /** What holds where nothing is written. */
  public static final SectionRules USUAL =
      new SectionRules(
          List.of(
              GuardRule.usual("locks.caused_wait < 500ms"),
              GuardRule.usual("locks.blocked_by_us < 3"),
              GuardRule.usual("locks.waiting <= 10"),
              GuardRule.usual("replication.lag < 10s")),
          List.of(Limit.parse("sessions.active < 30"), Limit.parse("locks.waiting <= 10")),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Duration.ZERO,
          false,
          Existing.STOP,
          false,
          Resume.AUTO,
          Optional.empty());

  /** What is done about an object that is there already, valid and as it is meant. */
  public enum Existing {
    STOP,
    ADOPT
  }

  /** What ends a pause that guard or health made. */
  public enum Resume {
    /** The limits were clear for a minute. */
    AUTO,
    PERSON
  }

  /** The same, with another limit of the whole. */
  public SectionRules within(Optional<Duration> limit) {
    return new SectionRules(
        guard, health, checks, limit, each, pace, batches, existing, keep, resume, endIdleBlockers);
  }

  /** The same, with another guard and pace. */
  SectionRules with(List<GuardRule> other, Duration paced) {
    return new SectionRules(
        other,
        health,
        checks,
        within,
        each,
        paced,
        batches,
        existing,
        keep,
        resume,
        endIdleBlockers);
  }

  public SectionRules {
    guard = List.copyOf(guard);
    health = List.copyOf(health);
    checks = List.copyOf(checks);
  }

  /** These rules as an environment changes them for all of its sections. */
  SectionRules in(
      List<GuardRule> guards, List<Limit> healths, Resume resumes, Optional<Duration> endsIdle) {
    return new SectionRules(
        guards, healths, checks, within, each, pace, batches, existing, keep, resumes, endsIdle);
  }
}
