package io.lockkeeper.activities.step;

import io.lockkeeper.activities.probe.Measured;
import io.lockkeeper.change.Probe;
import io.lockkeeper.step.Evidence.ProbeFigure;

/** Makes evidence of what was measured. */
final class ProbeFigures {
  private ProbeFigures() {}

  static ProbeFigure of(String probe, Measured measured) {
    return new ProbeFigure(
        probe,
        measured.seconds().size(),
        measured.p50(),
        measured.p95(),
        measured.rows(),
        measured.plan(),
        measured.indexes(),
        measured.blocks());
  }

  /** A plan's shape under the name of its probe, as an attachment shows it. */
  static String plan(Probe probe, Measured measured) {
    String as = probe.session().as().map(role -> " as " + role).orElse("");
    return probe.name() + as + "\n" + measured.planText() + "\n";
  }
}
