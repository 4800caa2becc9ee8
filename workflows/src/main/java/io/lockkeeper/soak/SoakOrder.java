package io.lockkeeper.soak;

import io.lockkeeper.activity.WorkOrder;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.limit.TriggerState.Phase;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.MetricSamples;
import io.lockkeeper.step.Evidence.TriggerOutcome;
import io.lockkeeper.step.StatementChanges;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to observe, and, after continuing as new, how far it came.
 *
 * @param start of the milestones, from which counters count
 * @param began when its first sample was due; later than the start for all milestones but the first
 * @param from where sampling goes on
 * @param marks where counters and logs stood at the stage's start, by metric
 * @param sentences what was told last of a trigger, by its text and its metric
 * @param written how many entries this writer has recorded so far
 * @param unwritten those of them that the journal has not taken yet
 * @param statements as the last window told that was asked for them
 * @param added when a person added a trigger, by its text; the others are watched since it began
 * @param tellsLost whether windows that nobody reported are told in the journal, and windows are as
 *     long as what is left of a soak needs; not in one that an earlier version began, whose history
 *     knows neither
 */
public record SoakOrder(
    WorkOrder work,
    StagePlan.Soak plan,
    Instant start,
    Instant began,
    Instant from,
    Instant deadline,
    List<TriggerState> states,
    List<MetricSamples> metrics,
    List<Attachment> series,
    Map<String, String> marks,
    Map<String, String> sentences,
    long written,
    List<Entry> unwritten,
    Optional<StatementChanges> statements,
    Map<String, Instant> added,
    boolean tellsLost) {
  public SoakOrder {
    added = added == null ? Map.of() : Map.copyOf(added);
    sentences = Map.copyOf(sentences);
    states = List.copyOf(states);
    metrics = List.copyOf(metrics);
    series = List.copyOf(series);
    marks = Map.copyOf(marks);
    unwritten = List.copyOf(unwritten);
  }

  public static SoakOrder fresh(
      WorkOrder work, StagePlan.Soak plan, Instant start, Instant from, Instant deadline) {
    return new SoakOrder(
        work,
        plan,
        start,
        from,
        from,
        deadline,
        List.of(),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        0,
        List.of(),
        Optional.empty(),
        Map.of(),
        true);
  }

  /** The same, of which so much was seen before it stood still. */
  public SoakOrder with(List<MetricSamples> seen) {
    return new SoakOrder(
        work,
        plan,
        start,
        began,
        from,
        deadline,
        states,
        seen,
        series,
        marks,
        sentences,
        written,
        unwritten,
        statements,
        added,
        tellsLost);
  }

  /**
   * What was seen in the windows that have ended.
   *
   * @param until when that was
   */
  public Evidence.Samples seen(Instant until) {
    return seen(until, List.of());
  }

  /**
   * As above, at the end.
   *
   * @param unmeasured triggers of which nothing was ever seen
   */
  Evidence.Samples seen(Instant until, List<Trigger> unmeasured) {
    List<TriggerOutcome> outcomes = new ArrayList<>(states.stream().map(this::outcome).toList());
    unmeasured.forEach(trigger -> outcomes.add(unmeasured(trigger)));
    return new Evidence.Samples(start, until, metrics, outcomes, series, statements);
  }

  /** When the first of the triggers that watch a metric began to. */
  Instant watchedSince(String metric) {
    return plan.triggers().stream()
        .filter(trigger -> trigger.limit().matches(metric))
        .map(trigger -> added.getOrDefault(trigger.text(), began))
        .min(Comparator.naturalOrder())
        .orElse(began);
  }

  private static TriggerOutcome unmeasured(Trigger trigger) {
    String metric = trigger.limit().metric();
    return new TriggerOutcome(
        trigger.text(),
        metric,
        Phase.INCONCLUSIVE.name(),
        metric + " was never measured",
        Optional.of(trigger));
  }

  private TriggerOutcome outcome(TriggerState state) {
    Trigger trigger = plan.triggers().get(state.trigger());
    return new TriggerOutcome(
        trigger.text(),
        state.metric(),
        state.phase().name(),
        sentence(state),
        Optional.of(trigger));
  }

  /** Where nothing was told of it. */
  private static String plainly(TriggerState state) {
    return switch (state.phase()) {
      case OK -> state.metric() + " within its limit";
      case PENDING ->
          state.metric()
              + " beyond its limit since "
              + Instant.ofEpochMilli(state.sinceMillis())
              + ", not for long enough";
      case BREACH -> state.metric() + " beyond its limit";
      case INCONCLUSIVE -> state.metric() + " was not measured at the end";
      case NOT_APPLICABLE -> state.metric() + " does not apply here";
    };
  }

  /** What was told last of a trigger on a metric. */
  String sentence(TriggerState state) {
    return sentences.getOrDefault(
        plan.triggers().get(state.trigger()).text() + state.metric(), plainly(state));
  }
}
