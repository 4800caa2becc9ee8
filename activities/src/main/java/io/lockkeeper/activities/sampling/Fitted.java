package io.lockkeeper.activities.sampling;

import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowProgress;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.activity.WindowResult.PhaseChange;
import io.lockkeeper.json.Fit;
import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.limit.TriggerState.Phase;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What travels with a window, made to fit: a heartbeat is written by Temporal with each sample, and
 * a result stands in a history for good. What is left out first is what the kept series tells
 * anyway, or what the next samples tell again; what a verdict needs is never left out.
 */
final class Fitted {
  static final int PROGRESS_BYTES = 2_000;

  /** Besides the marks, of which a change with many indexes has as much again. */
  static final int RESULT_BYTES = 8_000;

  private static final int CHANGES = 20;
  private static final int LINES = 10;
  private static final int LINE = 200;
  private static final MathContext DIGITS = new MathContext(10);

  private Fitted() {}

  static WindowProgress progress(WindowProgress whole, WindowOrder order) {
    Predicate<MetricSamples> lacking = samples -> samples.taken() < samples.due();
    return Fit.into(
        PROGRESS_BYTES,
        states(whole, whole.states().stream().filter(Fitted::goesOn).toList()),
        List.of(
            progress -> metrics(progress, plain(progress.metrics(), samples -> true)),
            progress -> states(progress, thin(progress.states(), 6)),
            progress -> metrics(progress, kept(progress.metrics(), lacking.or(watched(order)))),
            progress -> states(progress, kept(progress.states())),
            progress -> states(progress, thin(progress.states(), 2)),
            progress -> metrics(progress, kept(progress.metrics(), lacking)),
            progress -> metrics(progress, kept(progress.metrics(), lacking.and(watched(order))))));
  }

  static WindowResult result(WindowResult whole, WindowOrder order) {
    WindowResult bounded = told(whole, whole, CHANGES, LINES);
    return Fit.into(
        RESULT_BYTES + Fit.bytes(whole.marks()),
        bounded,
        List.of(
            r -> told(r, whole, CHANGES, 3),
            r -> telling(r, 5),
            r -> measured(r, r.states(), highest(r.metrics(), watched(order).negate())),
            r -> measured(r, r.states(), plain(r.metrics(), watched(order).negate())),
            r -> measured(told(r, whole, 10, 5), thin(r.states(), 12), r.metrics()),
            r -> measured(r, r.states(), plain(r.metrics(), samples -> true)),
            r -> measured(told(r, whole, 3, 2), thin(r.states(), 4), r.metrics()),
            r -> telling(r, 1),
            r -> measured(told(r, whole, 1, 1), thin(r.states(), 2), r.metrics())));
  }

  /** What does not apply is found again by the next sample. */
  private static boolean goesOn(TriggerState state) {
    return state.worthCarrying() && state.phase() != Phase.NOT_APPLICABLE;
  }

  /** What could not be measured is found again by the next two. */
  private static List<TriggerState> kept(List<TriggerState> states) {
    return states.stream()
        .filter(
            state ->
                state.phase() == Phase.PENDING
                    || state.phase() == Phase.BREACH
                    || !state.recent().isEmpty())
        .toList();
  }

  private static TriggerState without(TriggerState state) {
    return with(state, List.of());
  }

  /** Growth looks at the oldest point above all. */
  private static List<TriggerState> thin(List<TriggerState> states, int points) {
    return states.stream().map(state -> with(state, thinPoints(state.recent(), points))).toList();
  }

  private static TriggerState with(TriggerState state, List<double[]> recent) {
    return new TriggerState(
        state.trigger(),
        state.metric(),
        state.phase(),
        state.sinceMillis(),
        state.crossings(),
        state.missing(),
        rounded(state.last()),
        rounded(state.worst()),
        recent.stream().map(point -> new double[] {point[0], rounded(point[1])}).toList());
  }

  /** Ten digits tell a byte in a database of some gigabytes, and kilobytes beyond. */
  private static double rounded(double value) {
    return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : value;
  }

  private static List<double[]> thinPoints(List<double[]> points, int wished) {
    if (points.size() <= wished) {
      return points;
    }
    List<double[]> thinner = new ArrayList<>();
    for (int i = 0; i < wished; i++) {
      thinner.add(points.get(i * (points.size() - 1) / (wished - 1)));
    }
    return thinner;
  }

  private static Predicate<MetricSamples> watched(WindowOrder order) {
    return samples -> order.plan().watches(samples.metric());
  }

  /** Without low and last, which the series has; reports tell the highest. */
  private static List<MetricSamples> highest(
      List<MetricSamples> metrics, Predicate<MetricSamples> which) {
    return shorter(
        metrics,
        which,
        samples ->
            new MetricSamples(
                samples.metric(),
                samples.due(),
                samples.taken(),
                Optional.empty(),
                samples.high(),
                Optional.empty(),
                samples.how()));
  }

  /** Without low, high and last, which the series has. */
  private static List<MetricSamples> plain(
      List<MetricSamples> metrics, Predicate<MetricSamples> which) {
    return shorter(
        metrics,
        which,
        samples ->
            new MetricSamples(
                samples.metric(),
                samples.due(),
                samples.taken(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
  }

  private static List<MetricSamples> shorter(
      List<MetricSamples> metrics,
      Predicate<MetricSamples> which,
      UnaryOperator<MetricSamples> shortened) {
    return metrics.stream()
        .map(samples -> which.test(samples) ? shortened.apply(samples) : samples)
        .toList();
  }

  private static List<MetricSamples> kept(
      List<MetricSamples> metrics, Predicate<MetricSamples> which) {
    return metrics.stream().filter(which).toList();
  }

  /** The first, and all that ended something or still stand. */
  private static List<PhaseChange> changes(List<PhaseChange> changes, int most) {
    List<PhaseChange> kept = new ArrayList<>();
    for (PhaseChange change : changes) {
      if (kept.size() < most || change.state().phase() == Phase.BREACH) {
        kept.add(new PhaseChange(without(change.state()), cut(change.sentence())));
      }
    }
    return kept;
  }

  private static List<String> lines(List<String> all, int most) {
    if (all.size() <= most + 1) {
      return all.stream().map(Fitted::cut).toList();
    }
    List<String> first = new ArrayList<>(lines(all.subList(0, most), most));
    first.add("and more: " + (all.size() - most));
    return first;
  }

  private static String cut(String line) {
    return line.length() <= LINE ? line : line.substring(0, LINE - 1) + "…";
  }

  private static WindowProgress states(WindowProgress progress, List<TriggerState> states) {
    return new WindowProgress(
        progress.next(), states, progress.metrics(), progress.marks(), progress.what());
  }

  private static WindowProgress metrics(WindowProgress progress, List<MetricSamples> metrics) {
    return new WindowProgress(
        progress.next(), progress.states(), metrics, progress.marks(), progress.what());
  }

  private static WindowResult told(
      WindowResult result, WindowResult whole, int changes, int lines) {
    return new WindowResult(
        result.sampledUntil(),
        result.states(),
        result.metrics(),
        changes(whole.changes(), changes),
        result.marks(),
        result.series(),
        lines(whole.drift(), lines),
        lines(whole.notes(), lines),
        result.statements());
  }

  private static WindowResult measured(
      WindowResult result, List<TriggerState> states, List<MetricSamples> metrics) {
    return new WindowResult(
        result.sampledUntil(),
        states,
        metrics,
        result.changes(),
        result.marks(),
        result.series(),
        result.drift(),
        result.notes(),
        result.statements());
  }

  private static WindowResult telling(WindowResult result, int statements) {
    return new WindowResult(
        result.sampledUntil(),
        result.states(),
        result.metrics(),
        result.changes(),
        result.marks(),
        result.series(),
        result.drift(),
        result.notes(),
        result.statements().map(told -> told.first(statements)));
  }
}
