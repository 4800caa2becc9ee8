package io.lockkeeper.series;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.type.TypeReference;
import io.lockkeeper.json.Json;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The series of a promotion that are still kept.
 *
 * @param stages series by stage and by metric, in the order in which they were sampled
 * @param keptUntil when the last of a stage's windows was removed because it had been kept for long
 *     enough, by stage; those after it may be there still. Absent where none was
 * @param statements texts of statements of which figures are told, by id
 */
public record KeptSeries(
    Map<String, Map<String, Series>> stages,
    Map<String, Instant> keptUntil,
    Map<String, String> statements) {
  public static final KeptSeries NONE = new KeptSeries(Map.of(), Map.of());

  private static final TypeReference<Map<String, List<Double[]>>> WINDOW = new TypeReference<>() {};

  public KeptSeries {
    keptUntil = Map.copyOf(keptUntil);
    statements = Map.copyOf(statements);
  }

  /** Series alone. */
  public KeptSeries(Map<String, Map<String, Series>> stages, Map<String, Instant> keptUntil) {
    this(stages, keptUntil, Map.of());
  }

  /** With texts of statements. */
  public KeptSeries with(Map<String, String> texts) {
    return new KeptSeries(stages, keptUntil, texts);
  }

  public Optional<Series> find(String stage, String metric) {
    return Optional.ofNullable(stages.getOrDefault(stage, Map.of()).get(metric));
  }

  /**
   * The first point that is left of a stage of which windows were removed; absent where none was,
   * and where nothing is left.
   */
  public Optional<Instant> keptFrom(String stage) {
    return keptUntil.containsKey(stage)
        ? stages.getOrDefault(stage, Map.of()).values().stream()
            .filter(series -> series.size() > 0)
            .map(series -> Instant.ofEpochMilli(series.millis(0)))
            .min(Comparator.naturalOrder())
        : Optional.empty();
  }

  /** When the last of a stage's series was removed; absent where some are left, or none was. */
  public Optional<Instant> goneSince(String stage) {
    return keptFrom(stage).isPresent()
        ? Optional.empty()
        : Optional.ofNullable(keptUntil.get(stage));
  }

  /** Windows as they come. Used by one thread. */
  public static final class Collector {
    private final Map<String, Map<String, Series.Collector>> stages = new LinkedHashMap<>();

    /**
     * Adds a window.
     *
     * @param blob JSON: by metric, pairs of milliseconds since 1970 and figure; no figure is a
     *     missing reading
     * @throws IllegalArgumentException where it is something else
     */
    public void add(String stage, byte[] blob) {
      Map<String, Series.Collector> metrics =
          stages.computeIfAbsent(stage, s -> new LinkedHashMap<>());
      Json.read(new String(blob, UTF_8), WINDOW)
          .forEach(
              (metric, points) -> {
                Series.Collector series =
                    metrics.computeIfAbsent(metric, m -> new Series.Collector());
                points.forEach(point -> add(series, point));
              });
    }

    private static void add(Series.Collector series, Double[] point) {
      Double at = point.length == 2 ? point[0] : null;
      if (at == null) {
        throw new IllegalArgumentException("a point of a series is a time and a figure");
      }
      Double value = point[1];
      series.add(at.longValue(), value == null ? Double.NaN : value);
    }

    public KeptSeries series(Map<String, Instant> keptUntil) {
      Map<String, Map<String, Series>> all = new LinkedHashMap<>();
      stages.forEach(
          (stage, metrics) -> {
            Map<String, Series> of = new LinkedHashMap<>();
            metrics.forEach((metric, points) -> of.put(metric, points.series()));
            all.put(stage, of);
          });
      return new KeptSeries(all, keptUntil);
    }
  }
}
