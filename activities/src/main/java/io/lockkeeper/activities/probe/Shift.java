package io.lockkeeper.activities.probe;

import io.lockkeeper.limit.Chance;
import java.util.List;
import java.util.Optional;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.FisherExactTest;
import org.apache.commons.statistics.inference.MannWhitneyUTest;

/**
 * Runs of a probe held against those of its baseline, by their ranks: outliers weigh no more than
 * others, and no shape is taken for granted. Sources: Mann and Whitney 1947 for the middle;
 * Fisher's exact test of how many are beyond the baseline's p95 for the tail, which may grow alone;
 * Vargha and Delaney 2000 for the size of the effect.
 *
 * @param slower share of the pairs in which the run of now took longer: one half where nothing has
 *     changed, 1 where every run takes longer than every one before
 * @param middle how often accident alone moves the middle as far, either way
 * @param tail the same of the middle or the tail
 * @param least that so few runs can show: where each is beyond each one before
 */
public record Shift(double slower, double middle, double tail, double least) {
  private static final MannWhitneyUTest MIDDLE = MannWhitneyUTest.withDefaults();
  private static final FisherExactTest TAIL =
      FisherExactTest.withDefaults().with(AlternativeHypothesis.GREATER_THAN);

  /**
   * @param before seconds; empty in baselines of earlier versions
   * @param now seconds
   * @return nothing where either is empty
   */
  public static Optional<Shift> of(List<Double> before, List<Double> now) {
    if (before.isEmpty() || now.isEmpty()) {
      return Optional.empty();
    }
    MannWhitneyUTest.Result ranks = MIDDLE.test(array(now), array(before));
    double pairs = (double) now.size() * before.size();
    double middle = Double.isNaN(ranks.getPValue()) ? 1 : ranks.getPValue();
    // Two tests, of which either may be the accident.
    double tail = Math.min(1, 2 * Math.min(middle, tail(before, now)));
    double slower = ranks.getStatistic() / pairs;
    return Optional.of(new Shift(slower, middle, tail, least(before.size(), now.size())));
  }

  /** For a figure of the middle or of the tail: {@code p50} or {@code p95}. */
  public Chance chance(String figure, long looks) {
    return Chance.of(figure.equals("p95") ? tail : middle, looks);
  }

  /** As {@link #chance}; nothing where so few runs could not tell any difference at all. */
  public Optional<Chance> told(String figure) {
    return Optional.of(chance(figure, 1)).filter(chance -> least <= chance.most());
  }

  /** Two of all ways to mix them: all of now above, or all below. */
  private static double least(int before, int now) {
    double ways = 1;
    for (int i = 1; i <= Math.min(before, now); i++) {
      ways *= (double) (Math.max(before, now) + i) / i;
    }
    return 2 / ways;
  }

  private static double tail(List<Double> before, List<Double> now) {
    double limit = Timings.p95(before);
    int slowBefore = (int) before.stream().filter(run -> run > limit).count();
    int slowNow = (int) now.stream().filter(run -> run > limit).count();
    if (slowBefore + slowNow == 0) {
      return 1;
    }
    int[][] table = {{slowNow, now.size() - slowNow}, {slowBefore, before.size() - slowBefore}};
    return TAIL.test(table).getPValue();
  }

  private static double[] array(List<Double> seconds) {
    return seconds.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
