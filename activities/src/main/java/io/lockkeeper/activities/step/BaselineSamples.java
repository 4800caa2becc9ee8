package io.lockkeeper.activities.step;

import io.lockkeeper.activities.probe.LiveFigures;
import io.lockkeeper.activities.probe.ServerFigures;
import io.lockkeeper.activities.probe.Timings;
import io.lockkeeper.limit.Reading;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Live figures of the target and its machine before the change, as often as somebody looks: their
 * medians are the baseline, and all of them are kept. Shares are of all that the servers have
 * counted since they began to: nothing was counted yet since a mark.
 */
final class BaselineSamples {
  private final Place place;
  private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

  private record Sample(Instant at, double value) {}

  BaselineSamples(Place place) {
    this.place = place;
  }

  /** At everything; what cannot be read has no baseline. May wait a quarter of a second. */
  void look() throws SQLException {
    Instant now = Instant.now();
    Map<String, Reading> readings = ofTarget();
    readings.putAll(place.figures().baseline());
    place.figures().sampleNow(readings, List.of());
    add(now, readings);
  }

  void lookAtTarget() throws SQLException {
    add(Instant.now(), ofTarget());
  }

  private Map<String, Reading> ofTarget() throws SQLException {
    ServerFigures figures = place.target().read(ServerFigures::of);
    Map<String, Reading> readings =
        new LinkedHashMap<>(LiveFigures.of(figures, Map.of()).readings());
    readings.putAll(LiveFigures.sinceReset(figures));
    return readings;
  }

  void add(Instant at, Map<String, Reading> readings) {
    readings.forEach(
        (metric, reading) -> {
          if (reading instanceof Reading.Figure figure) {
            samples
                .computeIfAbsent(metric, m -> new ArrayList<>())
                .add(new Sample(at, figure.value()));
          }
        });
  }

  int looks() {
    return samples.values().stream().mapToInt(List::size).max().orElse(0);
  }

  Map<String, Double> medians() {
    Map<String, Double> medians = new LinkedHashMap<>();
    samples.forEach(
        (metric, all) ->
            medians.put(metric, Timings.p50(all.stream().map(Sample::value).toList())));
    return medians;
  }

  /** One line a figure, in the unit of its metric: seconds, bytes, shares, or a number. */
  String csv() {
    StringBuilder text = new StringBuilder("time,metric,value\n");
    samples.forEach(
        (metric, all) ->
            all.forEach(
                sample ->
                    text.append(sample.at())
                        .append(',')
                        .append(metric)
                        .append(',')
                        .append(sample.value())
                        .append('\n')));
    return text.toString();
  }
}
