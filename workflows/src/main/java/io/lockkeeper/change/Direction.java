package io.lockkeeper.change;

import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Operator;
import io.lockkeeper.yaml.YamlValue;
import java.util.regex.Pattern;

/**
 * Whether a limit says what its place means: what must hold, or what must not. Only of figures of
 * which everybody wants less, or more.
 */
final class Direction {
  private static final Pattern LESS_IS_BETTER =
      Pattern.compile(
          "locks\\..*|sessions\\.(blocked|idle_in_transaction)|transactions\\..*|replication\\.lag"
              + "|deadlocks|probe\\.(degradation|.*\\.p(50|95))|http\\..*\\.(p95|error_rate)"
              + "|log\\..*\\.matches|index\\.(.*\\.)?bloat|host\\.(cpu|memory|io)|process\\.memory|backup\\.age"
              + "|p50|p95");

  private static final Pattern MORE_IS_BETTER =
      Pattern.compile(
          "disk\\.free|cache\\.hit_ratio|redis\\.(.*\\.)?hit_ratio|index\\.(.*\\.)?(usage|scans)");

  private static final String MUST_NOT = "here stands what must not be";

  private Direction() {}

  /** For precheck, guard, health and expect. */
  static Limit mustHold(YamlValue place, Limit limit) {
    if (better(limit, false)) {
      place.error("wrong-way-round", text(limit, "here stands what must hold"));
    }
    return limit;
  }

  /** For triggers; a probe that is a share of another one may well be wanted high. */
  static Limit mustNot(YamlValue place, Limit limit) {
    if (saysGood(limit)) {
      place.error("wrong-way-round", text(limit, MUST_NOT));
    }
    return limit;
  }

  /**
   * For triggers outside of a file.
   *
   * @throws IllegalArgumentException with what is wrong, for the person who wrote it
   */
  static Limit mustNot(Limit limit) {
    if (saysGood(limit)) {
      throw new IllegalArgumentException(text(limit, MUST_NOT));
    }
    return limit;
  }

  private static boolean saysGood(Limit limit) {
    boolean share = limit.metric().startsWith("probe.") && !limit.metric().endsWith("degradation");
    return !share && better(limit, true);
  }

  /**
   * @param good whether it is asked for a limit that is true while all is well, or for one that is
   *     true when something is wrong
   */
  private static boolean better(Limit limit, boolean good) {
    boolean below = limit.operator() == Operator.LESS || limit.operator() == Operator.LESS_OR_EQUAL;
    boolean above =
        limit.operator() == Operator.GREATER || limit.operator() == Operator.GREATER_OR_EQUAL;
    String metric = limit.metric();
    return (LESS_IS_BETTER.matcher(metric).matches() && (good ? below : above))
        || (MORE_IS_BETTER.matcher(metric).matches() && (good ? above : below));
  }

  private static String text(Limit limit, String rule) {
    String sign = limit.operator().sign();
    return "\""
        + limit.text()
        + "\" is the wrong way round: "
        + rule
        + ". Write "
        + limit.text().replace(" " + sign + " ", " " + opposite(limit.operator()) + " ");
  }

  private static String opposite(Operator operator) {
    return switch (operator) {
      case LESS -> ">=";
      case LESS_OR_EQUAL -> ">";
      case GREATER -> "<=";
      case GREATER_OR_EQUAL -> "<";
      case EQUAL, WITHIN -> operator.sign();
    };
  }
}
