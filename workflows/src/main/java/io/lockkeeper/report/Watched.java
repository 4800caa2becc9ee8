package io.lockkeeper.report;

import io.lockkeeper.chart.Chart;
import io.lockkeeper.chart.Chart.Stretch;
import io.lockkeeper.limit.Bound;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.limit.Operator;
import io.lockkeeper.limit.Threshold;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.limit.TriggerState.Phase;
import io.lockkeeper.report.Report.Judged;
import io.lockkeeper.report.Report.Observed;
import io.lockkeeper.series.KeptSeries;
import io.lockkeeper.series.Series;
import io.lockkeeper.step.Evidence.TriggerOutcome;
import io.lockkeeper.step.StatementChanges.StatementChange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A trigger on one metric, as a report tells of it. Pure.
 *
 * @param rule absent where evidence of an earlier version holds a trigger that cannot be read again
 */
record Watched(TriggerOutcome outcome, Optional<Trigger> rule) {

  static Watched of(TriggerOutcome outcome) {
    return new Watched(outcome, outcome.rule().or(() -> parsed(outcome.trigger())));
  }

  private static Optional<Trigger> parsed(String text) {
    try {
      Limit limit = Limit.parse(text);
      return Optional.of(new Trigger(limit, limit.duration(), Duration.ZERO, Then.NOTE, ""));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A stage with what its series tell of its triggers. */
  static Observed told(Observed seen, KeptSeries series) {
    List<Judged> judged =
        seen.samples().triggers().stream().map(t -> of(t).judged(seen, series)).toList();
    return new Observed(
        seen.stage(),
        seen.verdict(),
        seen.sentence(),
        seen.samples(),
        judged,
        Optional.ofNullable(series.keptUntil().get(seen.stage())),
        series.keptFrom(seen.stage()),
        texts(seen, series));
  }

  private static Map<String, String> texts(Observed seen, KeptSeries series) {
    Map<String, String> texts = new LinkedHashMap<>();
    seen.samples().statements().stream()
        .flatMap(changes -> changes.more().stream())
        .map(StatementChange::id)
        .filter(series.statements()::containsKey)
        .forEach(id -> texts.put(id, series.statements().get(id)));
    return texts;
  }

  private Judged judged(Observed seen, KeptSeries kept) {
    Instant start = from(seen.samples().started());
    Worst worst = Worst.of(seen, kept, outcome.metric(), lowIsWorse(), start);
    return new Judged(
        outcome.trigger(),
        rule.map(Trigger::because).orElse(""),
        outcome.metric(),
        outcome.phase(),
        worst.value(),
        worst.at(),
        did(),
        outcome.sentence());
  }

  /** From when on it is held against figures: {@code from}, or when a person added it. */
  private Instant from(Instant start) {
    Instant from = start.plus(rule.map(Trigger::from).orElse(Duration.ZERO));
    return outcome.since().filter(added -> added.isAfter(from)).orElse(from);
  }

  private boolean lowIsWorse() {
    return rule.map(trigger -> trigger.limit().operator())
        .filter(o -> o == Operator.LESS || o == Operator.LESS_OR_EQUAL)
        .isPresent();
  }

  private String did() {
    boolean breached = outcome.phase().equals(Phase.BREACH.name());
    if (!breached) {
      return "nothing";
    }
    if (outcome.rule().isEmpty()) {
      return "";
    }
    return switch (outcome.rule().get().then()) {
      case ROLLBACK -> "rolled back";
      case QUICK -> "ran the undos of the steps";
      case PAUSE -> "paused";
      case NOTE -> "told people";
    };
  }

  /** What its figures are, which a name alone does not always tell. */
  Dimension dimension() {
    return rule.map(trigger -> trigger.limit().dimension())
        .orElseGet(() -> Metrics.dimension(outcome.metric()));
  }

  boolean isCounter() {
    return rule.filter(trigger -> trigger.limit().counter()).isPresent();
  }

  /** Its line in a picture. */
  Chart.Line line(OptionalDouble baseline) {
    List<Double> at =
        threshold(baseline)
            .map(t -> t.low() == t.high() ? List.of(t.high()) : List.of(t.low(), t.high()))
            .orElse(List.of());
    boolean unknown =
        at.isEmpty() && rule.filter(trigger -> trigger.limit().needsBaseline()).isPresent();
    return new Chart.Line(
        at,
        outcome.trigger()
            + (unknown ? " (of what, is not in the journal)" : "")
            + outcome.since().map(added -> " (since " + ReportText.at(added) + ")").orElse(""));
  }

  private Optional<Threshold> threshold(OptionalDouble baseline) {
    return rule.filter(trigger -> !(trigger.limit().bound() instanceof Bound.Text))
        .flatMap(trigger -> Threshold.of(trigger.limit(), baseline));
  }

  /**
   * Stretches in which it was crossed. They are called a breach only where the verdict says so: the
   * noise floor below which a difference does not count is not in the series.
   *
   * @param start of the stage
   */
  List<Stretch> crossed(Series series, OptionalDouble baseline, Instant start) {
    Optional<Threshold> threshold = threshold(baseline);
    if (threshold.isEmpty()) {
      return List.of();
    }
    long from = from(start).toEpochMilli();
    List<Stretch> stretches = new ArrayList<>();
    int first = -1;
    for (int i = 0; i <= series.size(); i++) {
      boolean holds =
          i < series.size()
              && !series.isGap(i)
              && series.millis(i) >= from
              && threshold.get().holds(series.value(i));
      if (holds && first < 0) {
        first = i;
      } else if (!holds && first >= 0) {
        stretches.add(stretch(series, first, i - 1));
        first = -1;
      }
    }
    return stretches;
  }

  private Stretch stretch(Series series, int first, int last) {
    Instant from = Instant.ofEpochMilli(series.millis(first));
    Instant until = Instant.ofEpochMilli(series.millis(last));
    Duration least = rule.map(Trigger::sustained).orElse(Duration.ZERO);
    boolean often = least.isZero() || last > first;
    boolean lasted = Duration.between(from, until).compareTo(least) >= 0;
    boolean breach = outcome.phase().equals(Phase.BREACH.name()) && often && lasted;
    return new Stretch(from, until, breach);
  }
}
