package io.lockkeeper.api.reports;

import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.series.Series;
import io.swagger.v3.oas.annotations.Parameter;
import jakarta.ws.rs.QueryParam;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which of a promotion's series are wanted, and in how many points. */
public final class Wanted {
  private static final int LEAST = 5;

  @Parameter(description = "csv or json; left out for what Accept asks for")
  @QueryParam("format")
  private @Nullable String format;

  @Parameter(description = "at most so many of each series, 5 or more; least and greatest are kept")
  @QueryParam("points")
  private @Nullable String points;

  @Parameter(description = "a stage; left out for all")
  @QueryParam("stage")
  private @Nullable String stage;

  @Parameter(description = "a metric, or a pattern such as probe.*.p95; left out for all")
  @QueryParam("metric")
  private @Nullable String metric;

  /** Absent where nobody said. */
  Optional<Boolean> csv() {
    if (format != null && !format.equals("csv") && !format.equals("json")) {
      throw ProblemException.unprocessable(
          "unknown-format", "there is no format \"" + format + "\": name one of csv, json");
    }
    return Optional.ofNullable(format).map("csv"::equals);
  }

  /** All of one stage. */
  static Wanted ofStage(String stage) {
    Wanted wanted = new Wanted();
    wanted.stage = stage;
    return wanted;
  }

  boolean has(String ofStage) {
    return stage == null || stage.equals(ofStage);
  }

  boolean has(String ofStage, String ofMetric) {
    return has(ofStage) && (metric == null || Limit.matches(metric, ofMetric));
  }

  Series thinned(Series series) {
    return points == null ? series : series.thinned(most(points));
  }

  /**
   * @throws ProblemException where something is no number
   */
  void check() {
    csv();
    if (points != null) {
      most(points);
    }
  }

  private static int most(String text) {
    if (!text.matches("[0-9]{1,7}") || Integer.parseInt(text) < LEAST) {
      throw ProblemException.unprocessable(
          "bad-points", "points is \"" + text + "\": it is a whole number from " + LEAST + " on");
    }
    return Integer.parseInt(text);
  }
}
