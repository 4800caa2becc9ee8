package io.lockkeeper.limit;

import io.lockkeeper.limit.Bound.Change;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one line of the grammar in this package's documentation. */
public final class LimitParser {
  private static final Pattern FORM =
      Pattern.compile("([A-Za-z*][A-Za-z0-9_.*-]*)\\s*(<=|>=|<|>|=|within\\b)\\s*(.+)");
  private static final Pattern SUSTAINED = Pattern.compile("(.+?)\\s+for\\s+([0-9a-z]+)");
  private static final Pattern GROWTH = Pattern.compile("\\+\\s*(.+?)\\s+in\\s+([0-9a-z]+)");
  private static final Pattern RELATIVE =
      Pattern.compile("([A-Za-z][A-Za-z0-9_-]*)(?:\\s*([-+*/])\\s*(.+))?");
  private static final Pattern BAND =
      Pattern.compile("(.+?)\\.\\.(.+?)(?:\\s+of\\s+([A-Za-z][A-Za-z0-9_-]*))?");

  private final MetricScope scope;
  private final boolean once;
  private final boolean growth;
  private final @Nullable String insteadOfBaseline;

  public LimitParser(MetricScope scope) {
    this(scope, false, true, null);
  }

  private LimitParser(
      MetricScope scope, boolean once, boolean growth, @Nullable String insteadOfBaseline) {
    this.scope = scope;
    this.once = once;
    this.growth = growth;
    this.insteadOfBaseline = insteadOfBaseline;
  }

  /** For limits that are judged on one reading: growth and {@code for} are refused. */
  public LimitParser once() {
    return new LimitParser(scope, true, false, insteadOfBaseline);
  }

  /** For limits that are judged reading by reading: growth is refused, {@code for} is not. */
  public LimitParser withoutGrowth() {
    return new LimitParser(scope, once, false, insteadOfBaseline);
  }

  /**
   * For limits on what has no baseline: one that needs it is refused.
   *
   * @param instead why there is none and what to write, as it reads after "there is no baseline "
   */
  public LimitParser withoutBaseline(String instead) {
    return new LimitParser(scope, once, growth, instead);
  }

  /**
   * @throws IllegalArgumentException with a message for the person who wrote it
   */
  public Limit parse(String written) {
    String text = written.trim().replaceAll("\\s+", " ");
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a limit: write METRIC OPERATOR LIMIT, such as deadlocks > 0");
    }
    String name = form.group(1);
    String right = form.group(3);
    Optional<Duration> sustained = Optional.empty();
    Matcher lasting = SUSTAINED.matcher(right);
    if (lasting.matches()) {
      right = lasting.group(1);
      sustained = Optional.of(Durations.parse(lasting.group(2)));
    }
    Operator operator = operator(form.group(2));
    Metric metric = FreeUnit.of(scope.resolve(name), right);
    Bound bound =
        operator == Operator.WITHIN ? band(metric, right) : bound(metric, operator, right);
    Limit limit =
        new Limit(text, name, metric.dimension(), metric.counter(), operator, bound, sustained);
    refuseUseless(limit);
    return limit;
  }

  /** What would be read and then not count is worse than an error. */
  private void refuseUseless(Limit limit) {
    if (!growth && limit.bound() instanceof Bound.Growth) {
      throw new IllegalArgumentException(
          "\""
              + limit.text()
              + "\": growth needs several readings and "
              + (once ? "here is one: write a number" : "here each counts alone: write a number"));
    }
    if (once && limit.sustained().isPresent()) {
      throw new IllegalArgumentException(
          "\""
              + limit.text()
              + "\": \"for\" needs several readings and here is one: leave it out"
              + (limit.bound() instanceof Bound.Text ? ", or quote the whole text" : ""));
    }
    if (insteadOfBaseline != null && limit.needsBaseline()) {
      throw new IllegalArgumentException(
          "\"" + limit.text() + "\": there is no baseline " + insteadOfBaseline);
    }
  }

  private static Operator operator(String sign) {
    for (Operator operator : Operator.values()) {
      if (operator.sign().equals(sign)) {
        return operator;
      }
    }
    throw new IllegalArgumentException("\"" + sign + "\" is not an operator");
  }

  private static Bound bound(Metric metric, Operator operator, String right) {
    if (right.startsWith("+")) {
      return growth(metric, right);
    }
    if (metric.dimension() == Dimension.TEXT) {
      return text(operator, right);
    }
    if (Quantity.looksLike(unsigned(right))) {
      return new Bound.Fixed(quantity(metric, right));
    }
    // What a query gives may be a text as well as a number.
    boolean words = metric.name().equals(Metrics.VALUE) && !right.startsWith("baseline");
    return words ? text(operator, right) : relative(metric, right);
  }

  private static Bound text(Operator operator, String right) {
    if (operator != Operator.EQUAL) {
      throw new IllegalArgumentException("a text is compared by = only");
    }
    boolean quoted = right.length() >= 2 && right.startsWith("\"") && right.endsWith("\"");
    return new Bound.Text(quoted ? right.substring(1, right.length() - 1) : right);
  }

  private static Bound growth(Metric metric, String right) {
    Matcher form = GROWTH.matcher(right);
    if (!form.matches()) {
      throw new IllegalArgumentException("\"" + right + "\": growth is written +3 in 10m");
    }
    Quantity amount = quantity(metric, form.group(1));
    if (amount.value() < 0) {
      throw new IllegalArgumentException("\"" + right + "\": growth is written +3 in 10m");
    }
    return new Bound.Growth(amount.value(), Durations.parse(form.group(2)));
  }

  private static Bound band(Metric metric, String right) {
    Matcher form = BAND.matcher(right);
    if (!form.matches()) {
      throw new IllegalArgumentException("\"" + right + "\": a band is written within 70%..130%");
    }
    String reference = form.group(3);
    if (reference == null) {
      return band(
          right,
          quantity(metric, form.group(1)).value(),
          quantity(metric, form.group(2)).value(),
          false);
    }
    requireBaseline(reference);
    return band(right, factor(form.group(1)), factor(form.group(2)), true);
  }

  private static Bound band(String right, double low, double high, boolean ofBaseline) {
    if (low > high) {
      throw new IllegalArgumentException("\"" + right + "\": the lower end of a band stands first");
    }
    return new Bound.Band(low, high, ofBaseline);
  }

  private static double factor(String text) {
    Quantity quantity = Quantity.parse(text);
    if (quantity.dimension() != Dimension.RATIO && quantity.dimension() != Dimension.COUNT) {
      throw new IllegalArgumentException(
          "\"" + text + "\": a band of the baseline is written in percent or as a factor");
    }
    return quantity.value();
  }

  private static Bound relative(Metric metric, String right) {
    Matcher form = RELATIVE.matcher(right);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "\"" + right + "\" is neither a number with a unit nor baseline");
    }
    requireBaseline(form.group(1));
    if (form.group(2) == null) {
      return new Bound.Baseline(Change.NONE, 0);
    }
    return changed(metric, form.group(2).charAt(0), form.group(3));
  }

  private static Bound changed(Metric metric, char sign, String right) {
    Quantity amount = Quantity.parse(right);
    if (sign == '*' || sign == '/') {
      if (amount.dimension() != Dimension.COUNT || amount.value() == 0) {
        throw new IllegalArgumentException("after " + sign + " stands a plain number above zero");
      }
      return new Bound.Baseline(Change.SCALE, sign == '*' ? amount.value() : 1 / amount.value());
    }
    double signed = sign == '+' ? amount.value() : -amount.value();
    if (amount.dimension() == Dimension.RATIO && !amount.points()) {
      return new Bound.Baseline(Change.SHARE, signed);
    }
    if (amount.dimension() != metric.dimension()) {
      throw wrongUnit(metric, right);
    }
    return new Bound.Baseline(Change.ADD, signed);
  }

  private static void requireBaseline(String reference) {
    if (!reference.equals("baseline")) {
      throw new IllegalArgumentException(
          reference.equals("forecast")
              ? "\"forecast\" is not supported yet: write a size"
              : "\""
                  + reference
                  + "\" is not baseline; a limit on another environment's figure is not supported"
                  + " yet");
    }
  }

  private static Quantity quantity(Metric metric, String text) {
    if (metric.dimension() == Dimension.VERSION) {
      return Quantity.version(text).orElseThrow(() -> wrongUnit(metric, text));
    }
    Quantity quantity = signed(text);
    if (quantity.dimension() != metric.dimension() || quantity.points()) {
      throw wrongUnit(metric, text);
    }
    if (quantity.value() < 0 && !mayBeNegative(metric)) {
      throw new IllegalArgumentException(
          "\"" + text + "\": " + metric.name() + " is never below zero: write a number above it");
    }
    return quantity;
  }

  private static Quantity signed(String text) {
    Quantity size = Quantity.parse(unsigned(text));
    return text.startsWith("-")
        ? new Quantity(-size.value(), size.dimension(), size.points())
        : size;
  }

  private static String unsigned(String text) {
    return text.startsWith("-") ? text.substring(1) : text;
  }

  /** What a query gives, here or in Prometheus, and a difference as a share. */
  private static boolean mayBeNegative(Metric metric) {
    return metric.name().equals(Metrics.VALUE)
        || metric.dimension() == Dimension.RATIO
        || SourceMetrics.takesAnyUnit(metric.name());
  }

  private static IllegalArgumentException wrongUnit(Metric metric, String text) {
    return new IllegalArgumentException(
        "\""
            + text
            + "\" does not fit "
            + metric.name()
            + ": write "
            + metric.dimension().example());
  }
}
