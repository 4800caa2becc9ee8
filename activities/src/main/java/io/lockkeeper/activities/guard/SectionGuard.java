package io.lockkeeper.activities.guard;

import io.lockkeeper.change.GuardRule;
import io.lockkeeper.change.GuardRule.Then;
import io.lockkeeper.change.SectionRules;
import io.lockkeeper.limit.Judgement;
import io.lockkeeper.limit.Judgement.Truth;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.step.Evidence.Guarded;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a section's guard has seen, and what follows from it. Limits on our own backend are judged
 * at each look; limits of the target at each sample, where they are crossed for as long as they
 * say, at once where they do not. Safe for several threads.
 */
public final class SectionGuard {
  /** Notes are for people: more of them nobody reads. */
  private static final int NOTES = 40;

  private static final String HELD = "locks.held";

  private volatile SectionRules rules;
  private final GuardSeries series = new GuardSeries();
  private final Map<String, String> notes = new LinkedHashMap<>();
  private final Map<Limit, Long> crossedSince = new HashMap<>();
  private final Map<Limit, String> pausing = new LinkedHashMap<>();

  public SectionGuard(SectionRules rules) {
    this.rules = rules;
  }

  public SectionRules rules() {
    return rules;
  }

  /** From now on these hold: a person made them gentler. */
  public void adjust(SectionRules now) {
    rules = now;
  }

  public GuardSeries series() {
    return series;
  }

  /** Something that people should know; each once. */
  public synchronized void note(String text) {
    note(text, text);
  }

  /** One a key: the last counts. */
  public synchronized void note(String key, String text) {
    if (notes.size() < NOTES || notes.containsKey(key)) {
      notes.put(key, text);
    }
  }

  /**
   * Who stands behind our backend.
   *
   * @param causedWait seconds of the longest of their waits
   * @return why our statement is to be cancelled
   */
  public synchronized Optional<Cancellation> ours(int blocked, double causedWait) {
    return ours(blocked, causedWait, 0);
  }

  /**
   * As above.
   *
   * @param held seconds for which our backend has held a strong lock; 0 where it holds none
   */
  public synchronized Optional<Cancellation> ours(int blocked, double causedWait, double held) {
    series.look("locks.blocked_by_us", blocked);
    series.look("locks.caused_wait", causedWait);
    Map<String, Reading> readings =
        Map.of(
            "locks.blocked_by_us",
            new Reading.Figure(blocked),
            "locks.caused_wait",
            new Reading.Figure(causedWait),
            HELD,
            new Reading.Figure(held));
    Optional<Cancellation> cancelled = Optional.empty();
    for (GuardRule rule : rules.guard()) {
      if (!LiveLimits.ofTarget(rule.limit())) {
        Optional<Cancellation> now = judge(rule, LiveLimits.judge(rule.limit(), readings), true);
        cancelled = cancelled.or(() -> now);
      }
    }
    return cancelled;
  }

  /** How long a strong lock was held, in seconds. There is nothing left to cancel. */
  public synchronized void held(double seconds) {
    series.look(HELD, seconds);
    Map<String, Reading> readings = Map.of(HELD, new Reading.Figure(seconds));
    for (GuardRule rule : rules.guard()) {
      if (rule.limit().metric().equals(HELD)) {
        judge(rule, LiveLimits.judge(rule.limit(), readings), false);
      }
    }
  }

  /**
   * A sample of the target.
   *
   * @param millis since 1970
   * @param cause whether somebody stands behind our backend
   * @return why our statement is to be cancelled
   */
  public synchronized Optional<Cancellation> sample(
      long millis, Map<String, Reading> readings, boolean cause) {
    series.sample(millis, readings);
    Optional<Cancellation> cancelled = Optional.empty();
    for (GuardRule rule : rules.guard()) {
      Limit limit = rule.limit();
      if (!LiveLimits.ofTarget(limit)) {
        continue;
      }
      Judgement found = LiveLimits.judge(limit, readings);
      if (found.truth() == Truth.NO && sustained(limit, millis)) {
        Optional<Cancellation> now = judge(rule, found, cause && ofLocks(limit));
        cancelled = cancelled.or(() -> now);
      } else if (found.truth() == Truth.YES) {
        crossedSince.remove(limit);
      } else if (found.truth() != Truth.NO) {
        note(limit.text() + " untold", found.sentence());
      }
    }
    return cancelled;
  }

  /** Nothing more is looked at: what was since the last sample is kept. */
  public void ended(long millis) {
    series.sample(millis, Map.of());
  }

  /** Limits that were crossed so that no further unit may begin; a sentence each. */
  public synchronized List<String> pausing() {
    return List.copyOf(pausing.values());
  }

  /** What was seen, for the journal. */
  public synchronized Guarded evidence() {
    return new Guarded(series.highest(), List.copyOf(notes.values()));
  }

  private boolean sustained(Limit limit, long millis) {
    long since = crossedSince.computeIfAbsent(limit, l -> millis);
    return millis - since >= limit.sustained().orElse(Duration.ZERO).toMillis();
  }

  private static boolean ofLocks(Limit limit) {
    return limit.metric().startsWith("locks.") || limit.metric().equals("sessions.blocked");
  }

  private Optional<Cancellation> judge(GuardRule rule, Judgement found, boolean cause) {
    if (found.truth() != Truth.NO) {
      return Optional.empty();
    }
    notes.putIfAbsent(rule.limit().text(), found.sentence());
    if (rule.then() == Then.NOTE) {
      return Optional.empty();
    }
    if (rule.then() != Then.PAUSE && cause) {
      return Optional.of(Cancellation.causedWait(found.sentence()));
    }
    // Also where it cancels: between two units there is nothing to cancel.
    pausing.putIfAbsent(rule.limit(), found.sentence());
    return rule.then() == Then.CANCEL
        ? Optional.of(Cancellation.guard(found.sentence()))
        : Optional.empty();
  }
}
