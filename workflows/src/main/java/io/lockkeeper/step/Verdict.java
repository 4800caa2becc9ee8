package io.lockkeeper.step;

import java.util.Collection;

/** How an act ended. Nothing is silently passed. */
public enum Verdict {
  PASS,
  /** It was tried and is not so. */
  FAIL,
  /** It could not be told: no data, or a difference below the noise. Never counts as PASS. */
  INCONCLUSIVE,
  /** It could not be tried. */
  ERROR;

  /** The worst of several; PASS where there is none. */
  public static Verdict worst(Collection<Verdict> verdicts) {
    Verdict worst = PASS;
    for (Verdict verdict : verdicts) {
      if (verdict.weight() > worst.weight()) {
        worst = verdict;
      }
    }
    return worst;
  }

  private int weight() {
    return switch (this) {
      case PASS -> 0;
      case INCONCLUSIVE -> 1;
      case FAIL -> 2;
      case ERROR -> 3;
    };
  }
}
