package io.lockkeeper.activities.probe;

import io.lockkeeper.change.Probe;
import io.lockkeeper.limit.Limit;
import java.util.List;
import java.util.Optional;

/**
 * A probe that is the difference or the ratio of two others, held against the same of their
 * baselines.
 *
 * @param noise seconds, or a share
 */
public record PairAgainstBaseline(Probe probe, AgainstBaseline of, AgainstBaseline by, double noise)
    implements HeldToBaseline {

  @Override
  public Optional<JudgedFigures> was() {
    return of.was().flatMap(first -> by.was().map(second -> figures(first, second)));
  }

  @Override
  public JudgedFigures now() {
    return figures(of.now(), by.now());
  }

  @Override
  public List<Limit> limits() {
    return probe.isRatio() ? probe.expect().stream().map(Limit::ofShares).toList() : probe.expect();
  }

  @Override
  public int rounds() {
    return Math.min(of.rounds(), by.rounds());
  }

  @Override
  public PairAgainstBaseline atFirst() {
    return new PairAgainstBaseline(probe, of.atFirst(), by.atFirst(), noise);
  }

  private JudgedFigures figures(JudgedFigures first, JudgedFigures second) {
    return JudgedFigures.of((Probe.Derived) probe.source(), first, second);
  }
}
