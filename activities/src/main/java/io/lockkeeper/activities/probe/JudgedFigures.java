package io.lockkeeper.activities.probe;

import io.lockkeeper.change.Probe;
import io.lockkeeper.limit.Chance;
import io.lockkeeper.limit.Judgement;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.LimitJudge;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.step.Evidence.ProbeFigure;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What limits of a probe are judged on.
 *
 * @param p50 seconds, or a share
 * @param p95 in the same unit
 * @param rows where they are counted
 * @param how they were measured, where that was not in one go
 * @param doubt how often accident alone moves them as far from the baseline
 */
public record JudgedFigures(double p50, double p95, OptionalLong rows, String how, Doubt doubt) {

  /** By figure; nothing where it cannot be told. */
  public interface Doubt {
    Optional<Chance> of(String metric);
  }

  /** Of which nobody knows how they scatter. */
  public JudgedFigures(double p50, double p95, OptionalLong rows) {
    this(p50, p95, rows, "", metric -> Optional.empty());
  }

  static JudgedFigures of(ProbeFigure figure) {
    return new JudgedFigures(figure.p50(), figure.p95(), OptionalLong.of(figure.rows()));
  }

  /** What comes out of two probes that were looked at in the same way. */
  static JudgedFigures of(Probe.Derived source, JudgedFigures first, JudgedFigures second) {
    return new JudgedFigures(
        source.apply(first.p50, second.p50),
        source.apply(first.p95, second.p95),
        OptionalLong.empty(),
        first.how.isEmpty() ? second.how : first.how,
        metric -> Chance.ofBoth(first.doubt.of(metric), second.doubt.of(metric)));
  }

  /** Of runs in one go. */
  static JudgedFigures of(Measured measured, Optional<Shift> shift) {
    return new JudgedFigures(
        measured.p50(),
        measured.p95(),
        OptionalLong.of(measured.rows()),
        "",
        metric -> shift.flatMap(s -> s.told(metric)));
  }

  /**
   * Of rounds.
   *
   * @param looks at rounds that are not much alike
   */
  static JudgedFigures of(
      List<List<Double>> rounds, long rows, Optional<Wander> wander, int looks) {
    List<Double> seconds = rounds.stream().flatMap(List::stream).toList();
    return new JudgedFigures(
        Timings.p50(seconds),
        Timings.p95(seconds),
        OptionalLong.of(rows),
        "in " + rounds.size() + " rounds, because one go of runs was worse",
        metric -> wander.map(w -> w.chance(metric, looks)));
  }

  /**
   * Holds a limit against them.
   *
   * @param was before the change
   * @param noise below which differences to it cannot be told
   */
  public Judgement judge(Limit limit, Optional<JudgedFigures> was, double noise) {
    String metric = limit.metric();
    boolean counts = metric.equals("rows");
    OptionalDouble baseline =
        was.map(figures -> OptionalDouble.of(figures.of(metric))).orElse(OptionalDouble.empty());
    Optional<Chance> chance = counts ? Optional.empty() : doubt.of(metric);
    return LimitJudge.judge(
        limit, metric, new Reading.Figure(of(metric), how, chance), baseline, counts ? 0 : noise);
  }

  private double of(String metric) {
    return switch (metric) {
      case "p95" -> p95;
      case "rows" -> rows.orElseThrow();
      default -> p50;
    };
  }

  /** Rows, where they are counted. */
  public Optional<Long> counted() {
    return rows.isPresent() ? Optional.of(rows.getAsLong()) : Optional.empty();
  }
}
