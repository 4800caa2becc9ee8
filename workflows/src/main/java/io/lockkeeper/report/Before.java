package io.lockkeeper.report;

import io.lockkeeper.chart.Chart.Band;
import io.lockkeeper.journal.Chained;
import io.lockkeeper.journal.Event;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.Comparison;
import io.lockkeeper.step.Evidence.DerivedFigure;
import io.lockkeeper.step.Evidence.ProbeFigure;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;

/** What the journal knows of one environment before the change, by metric. Pure. */
final class Before {
  private final Map<String, Double> values = new HashMap<>();
  private final Map<String, Band> bands = new HashMap<>();
  private final Set<String> measured = new HashSet<>();

  private Before() {}

  /**
   * @param inEnvironment whether a stage is of the environment
   */
  static Before of(List<Chained> chain, Predicate<String> inEnvironment) {
    Before before = new Before();
    for (Chained link : chain) {
      if (link.entry().event() instanceof Event.StepEnded ended
          && inEnvironment.test(ended.stage())) {
        ended.evidence().ifPresent(before::add);
      }
    }
    return before;
  }

  private void add(Evidence evidence) {
    if (evidence instanceof Evidence.Figures figures) {
      figures.live().forEach(this::live);
      figures.probes().forEach(this::probe);
      figures.derived().forEach(this::derived);
    } else if (evidence instanceof Evidence.Comparisons compared) {
      compared.probes().forEach(this::compared);
    }
  }

  private void derived(DerivedFigure two) {
    measured.add(two.probe());
    times(
        "probe." + two.probe(),
        two.p50(),
        two.p95(),
        two.ratio() ? Dimension.RATIO : Dimension.TIME);
  }

  /**
   * Only for journals whose baseline does not tell of the probe: the runs right after a change are
   * compared with others than those that limits are held against.
   */
  private void compared(Comparison probe) {
    if (!measured.contains(probe.probe())
        && probe.beforeP50().isPresent()
        && probe.beforeP95().isPresent()) {
      times(
          "probe." + probe.probe(),
          probe.beforeP50().get(),
          probe.beforeP95().get(),
          probe.ratio() ? Dimension.RATIO : Dimension.TIME);
    }
  }

  private void live(String metric, double value) {
    values.put(metric, value);
    String text = "before the change: " + Quantity.print(value, Metrics.dimension(metric));
    bands.put(metric, new Band(value, value, text));
  }

  private void probe(ProbeFigure probe) {
    measured.add(probe.probe());
    times("probe." + probe.probe(), probe.p50(), probe.p95(), Dimension.TIME);
    if (probe.plan().isEmpty()) {
      times("http." + probe.probe(), probe.p50(), probe.p95(), Dimension.TIME);
      values.put("http." + probe.probe() + ".error_rate", 0.0);
    }
  }

  private void times(String name, double p50, double p95, Dimension dimension) {
    values.put(name + ".p50", p50);
    values.put(name + ".p95", p95);
    Band band =
        new Band(
            Math.min(p50, p95),
            Math.max(p50, p95),
            "before the change: p50 "
                + Quantity.print(p50, dimension)
                + ", p95 "
                + Quantity.print(p95, dimension));
    bands.put(name + ".p50", band);
    bands.put(name + ".p95", band);
  }

  OptionalDouble value(String metric) {
    Double value = values.get(metric);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  Optional<Band> band(String metric) {
    return Optional.ofNullable(bands.get(metric));
  }
}
