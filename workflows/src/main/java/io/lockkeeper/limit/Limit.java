package io.lockkeeper.limit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A limit as it was written, and as it was understood. In JSON it is its text.
 *
 * @param text as written, with single blanks: what people see and what is hashed
 * @param metric a name, or a pattern with {@code *} within one part
 * @param dimension of the metric; the bound has the same
 * @param counter whether the metric only rises
 * @param operator how the reading stands to the bound
 * @param sustained how long it must be crossed, where it was written
 */
public record Limit(
    String text,
    String metric,
    Dimension dimension,
    boolean counter,
    Operator operator,
    Bound bound,
    Optional<Duration> sustained) {
  /** What {@code for} means where it is left out. */
  private static final Duration SUSTAINED = Duration.ofSeconds(60);

  /** Understood by the shape of its metric's name alone; {@link LimitParser} checks names too. */
  @JsonCreator
  public static Limit parse(String text) {
    try {
      return new LimitParser(Metrics::byShape).parse(text);
    } catch (IllegalArgumentException e) {
      return ofRatio(text).orElseThrow(() -> e);
    }
  }

  /** A probe's figure may be a share of another's, which its name does not tell. */
  private static Optional<Limit> ofRatio(String text) {
    try {
      Limit limit = new LimitParser(Metrics.ratio(Metrics::byShape)).parse(text);
      boolean probe = limit.metric().startsWith("probe.") || limit.metric().matches("p50|p95");
      return probe ? Optional.of(limit) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The same limit on a figure that is a share of another one. */
  public Limit ofShares() {
    return new Limit(text, metric, Dimension.RATIO, counter, operator, bound, sustained);
  }

  @JsonValue
  @Override
  public String toString() {
    return text;
  }

  /**
   * How long the limit must be crossed: zero for counters, which never fall again, and for a full
   * disk, which waits for nobody.
   */
  public Duration duration() {
    return sustained.orElse(counter || metric.startsWith("disk.") ? Duration.ZERO : SUSTAINED);
  }

  public boolean isPattern() {
    return metric.contains("*");
  }

  /** Whether the limit needs what was measured before the change. */
  public boolean needsBaseline() {
    return bound instanceof Bound.Baseline
        || (bound instanceof Bound.Band band && band.ofBaseline());
  }

  public boolean matches(String name) {
    return matches(metric, name);
  }

  /** Whether a name is one that the pattern stands for; without {@code *} it is the name itself. */
  public static boolean matches(String pattern, String name) {
    if (!pattern.contains("*")) {
      return pattern.equals(name);
    }
    String expression = Pattern.quote(pattern).replace("*", "\\E[^.]+\\Q");
    return Pattern.matches(expression, name);
  }
}
