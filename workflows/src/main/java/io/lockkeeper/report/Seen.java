package io.lockkeeper.report;

import io.lockkeeper.journal.Chained;
import io.lockkeeper.journal.Event;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.promotion.StageState;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.StepKind;
import io.lockkeeper.step.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a journal tells of one environment: of every step the last attempt, of sections what all
 * attempts saw. What was rehearsed does not count.
 */
final class Seen {
  private static final String APPLY = "apply-";

  private final String environment;
  private final Map<String, SectionSeen> sections = new LinkedHashMap<>();
  private final Map<String, Ended> steps = new LinkedHashMap<>();
  private final List<Report.Observed> observed = new ArrayList<>();

  /** How a step ended. */
  record Ended(Verdict verdict, String sentence, Optional<Evidence> evidence) {

    <T extends Evidence> Optional<T> evidence(Class<T> kind) {
      return evidence.filter(kind::isInstance).map(kind::cast);
    }
  }

  /**
   * A section that was applied.
   *
   * @param ended the last attempt
   * @param seconds of all attempts
   * @param highest figure by metric, of all attempts; what nobody read is left out
   */
  record SectionSeen(Ended ended, int attempts, double seconds, Map<String, Double> highest) {
    SectionSeen {
      highest = Map.copyOf(highest);
    }

    int units() {
      return ended.evidence(Evidence.Units.class).map(units -> units.units().size()).orElse(0);
    }

    Optional<Double> highest(String metric) {
      return Optional.ofNullable(highest.get(metric));
    }
  }

  private Seen(String environment) {
    this.environment = environment;
  }

  static Seen of(String environment, PromotionState state, List<Chained> chain) {
    Seen seen = new Seen(environment);
    for (Chained link : chain) {
      if (link.entry().event() instanceof Event.StepEnded ended
          && state
              .stage(ended.stage())
              .map(StageState::environment)
              .filter(environment::equals)
              .isPresent()) {
        seen.add(ended);
      }
    }
    return seen;
  }

  private void add(Event.StepEnded step) {
    Ended ended = new Ended(step.verdict(), step.sentence(), step.evidence());
    if (ended.evidence(Evidence.Samples.class).isPresent()) {
      observed.removeIf(before -> before.stage().equals(step.stage()));
      observed.add(
          new Report.Observed(
              step.stage(),
              step.verdict(),
              step.sentence(),
              ended.evidence(Evidence.Samples.class).get()));
    } else if (step.kind() == StepKind.APPLY && step.step().startsWith(APPLY)) {
      sections.compute(
          step.step().substring(APPLY.length()), (name, before) -> after(before, ended));
    } else {
      steps.put(step.step(), ended);
    }
  }

  private static SectionSeen after(@Nullable SectionSeen before, Ended ended) {
    Optional<Evidence.Units> units = ended.evidence(Evidence.Units.class);
    Map<String, Double> highest = new HashMap<>(before == null ? Map.of() : before.highest());
    units
        .flatMap(Evidence.Units::guarded)
        .ifPresent(now -> now.highest().forEach((m, value) -> highest.merge(m, value, Math::max)));
    double seconds = units.map(Evidence.Units::seconds).orElse(0.0);
    return new SectionSeen(
        ended,
        before == null ? 1 : before.attempts() + 1,
        seconds + (before == null ? 0 : before.seconds()),
        highest);
  }

  String environment() {
    return environment;
  }

  /** In the order in which they were begun. */
  Map<String, SectionSeen> sections() {
    return sections;
  }

  /** Soaks and watches that have ended, in order. */
  List<Report.Observed> observed() {
    return observed;
  }

  Optional<Ended> step(String name) {
    return Optional.ofNullable(steps.get(name));
  }

  <T extends Evidence> Optional<T> evidence(String step, Class<T> kind) {
    return step(step).flatMap(ended -> ended.evidence(kind));
  }

  /** A check after the change. */
  Optional<Evidence.Item> check(String name) {
    return evidence("verify-checks", Evidence.Checks.class).stream()
        .flatMap(checks -> checks.checks().stream())
        .filter(item -> item.name().equals(name))
        .findFirst();
  }
}
