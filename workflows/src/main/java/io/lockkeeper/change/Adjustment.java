package io.lockkeeper.change;

import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What people changed of the sections' rules while the promotion runs. It can only make them
 * gentler: limits are added to those written and never replace one.
 *
 * @param pace instead of the one written; absent where nobody changed it
 * @param guard limits that must hold besides those written, in the order in which they came
 */
public record Adjustment(Optional<Duration> pace, List<Limit> guard) {
  public static final Adjustment NONE = new Adjustment(Optional.empty(), List.of());

  public Adjustment {
    guard = List.copyOf(guard);
  }

  public boolean any() {
    return pace.isPresent() || !guard.isEmpty();
  }

  /** Both: the later pace, and all limits, each once. */
  public Adjustment and(Adjustment later) {
    List<Limit> all = new ArrayList<>(guard);
    later.guard.stream().filter(limit -> !all.contains(limit)).forEach(all::add);
    return new Adjustment(later.pace.or(() -> pace), all);
  }

  /** The rules that hold now. */
  public SectionRules of(SectionRules written) {
    List<GuardRule> rules = new ArrayList<>(written.guard());
    guard.forEach(limit -> rules.add(new GuardRule(limit, GuardRule.Then.BY_CAUSE)));
    return written.with(rules, pace.orElse(written.pace()));
  }

  /** For people: {@code a pace of 2m; locks.waiting <= 5}. */
  public String text() {
    List<String> parts = new ArrayList<>();
    pace.ifPresent(value -> parts.add("a pace of " + Durations.print(value)));
    guard.forEach(limit -> parts.add(limit.text()));
    return String.join("; ", parts);
  }
}
