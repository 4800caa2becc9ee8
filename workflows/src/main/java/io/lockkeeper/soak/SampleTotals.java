package io.lockkeeper.soak;

import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.limit.SourceMetrics;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.limit.TriggerState.Phase;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Adds the samples of windows up. Pure. */
public final class SampleTotals {
  /** Where they cannot be told the worker samples all the same. */
  private static final Set<String> NOT_EVERYWHERE = Set.of("disk.free", "replication.lag");

  private SampleTotals() {}

  /** In the order in which the metrics first appeared. */
  public static List<MetricSamples> plus(List<MetricSamples> before, List<MetricSamples> more) {
    Map<String, MetricSamples> totals = new LinkedHashMap<>();
    before.forEach(samples -> totals.put(samples.metric(), samples));
    more.forEach(samples -> totals.merge(samples.metric(), samples, SampleTotals::plus));
    return new ArrayList<>(totals.values());
  }

  /** A stretch in which nobody sampled: all that was due is missing. */
  static List<MetricSamples> missed(
      List<MetricSamples> known, StagePlan.Soak plan, Duration stretch) {
    return missed(known, plan, metric -> stretch);
  }

  private static List<MetricSamples> missed(
      List<MetricSamples> known, StagePlan.Soak plan, Function<String, Duration> stretch) {
    return known.stream()
        .map(
            samples ->
                new MetricSamples(
                    samples.metric(),
                    due(samples.metric(), plan, stretch.apply(samples.metric())),
                    0,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()))
        .toList();
  }

  /** So many readings of a metric are due in a stretch. */
  static long due(String metric, StagePlan.Soak plan, Duration stretch) {
    Duration interval = Metrics.atEverySample(metric) ? plan.sample() : plan.probeInterval();
    return stretch.toMillis() / interval.toMillis();
  }

  /**
   * A window's samples, with those that it should have told of and did not: what triggers watch and
   * was seen before it only, or was not known before it. What did not apply was not due.
   *
   * @param known totals before the window
   * @param before states before the window
   * @param watched how long before the window a metric was watched
   * @param length of the window
   */
  static List<MetricSamples> withUntold(
      List<MetricSamples> known,
      List<TriggerState> before,
      WindowResult window,
      StagePlan.Soak plan,
      Function<String, Duration> watched,
      Duration length) {
    List<MetricSamples> unknown =
        window.metrics().stream()
            .filter(samples -> !has(known, samples.metric()))
            .filter(samples -> known.isEmpty() || isDue(samples.metric(), before, plan))
            .toList();
    List<MetricSamples> gone =
        known.stream()
            .filter(samples -> !has(window.metrics(), samples.metric()))
            .filter(samples -> isDue(samples.metric(), window.states(), plan))
            .toList();
    return plus(
        plus(window.metrics(), missed(unknown, plan, watched)),
        missed(gone, plan, metric -> length));
  }

  private static boolean has(List<MetricSamples> all, String metric) {
    return all.stream().anyMatch(samples -> samples.metric().equals(metric));
  }

  private static boolean isDue(String metric, List<TriggerState> states, StagePlan.Soak plan) {
    return plan.watches(metric)
        && states.stream()
            .noneMatch(s -> s.metric().equals(metric) && s.phase() == Phase.NOT_APPLICABLE);
  }

  /** Triggers that have begun to count and of which nothing was ever seen. */
  static List<Trigger> unmeasured(
      List<MetricSamples> totals, List<TriggerState> states, StagePlan.Soak plan, Duration lasted) {
    return IntStream.range(0, plan.triggers().size())
        .filter(i -> plan.triggers().get(i).from().compareTo(lasted) < 0)
        .filter(i -> states.stream().noneMatch(state -> state.trigger() == i))
        .mapToObj(plan.triggers()::get)
        .filter(
            trigger ->
                totals.stream()
                    .noneMatch(s -> s.taken() > 0 && trigger.limit().matches(s.metric())))
        .toList();
  }

  /**
   * Metrics of which too few samples were taken, with the shares. Only those that a trigger watches
   * decide; where nothing is watched, all do.
   */
  public static List<String> tooFew(List<MetricSamples> totals, StagePlan.Soak plan) {
    return totals.stream()
        .filter(samples -> decides(samples.metric(), plan))
        .filter(samples -> samples.due() > 0 && samples.taken() < samples.due() * plan.minSamples())
        .map(samples -> samples.metric() + " " + samples.taken() + " of " + samples.due())
        .toList();
  }

  private static boolean decides(String metric, StagePlan.Soak plan) {
    return plan.triggers().isEmpty()
        ? !NOT_EVERYWHERE.contains(metric) && !SourceMetrics.is(metric)
        : plan.watches(metric);
  }

  private static MetricSamples plus(MetricSamples left, MetricSamples right) {
    return new MetricSamples(
        left.metric(),
        left.due() + right.due(),
        left.taken() + right.taken(),
        either(left.low(), right.low(), Math::min),
        either(left.high(), right.high(), Math::max),
        right.last().or(left::last),
        right.how().isEmpty() ? left.how() : right.how());
  }

  private static Optional<Double> either(
      Optional<Double> left, Optional<Double> right, BinaryOperator<Double> choose) {
    if (left.isPresent() && right.isPresent()) {
      return Optional.of(choose.apply(left.get(), right.get()));
    }
    return left.or(() -> right);
  }
}
