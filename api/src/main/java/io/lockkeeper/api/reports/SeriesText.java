package io.lockkeeper.api.reports;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lockkeeper.json.Json;
import io.lockkeeper.series.KeptSeries;
import io.lockkeeper.series.Series;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** Series as they are handed out: written as they go, because they may be large. */
final class SeriesText {
  private static final double WHOLE = 1e15;

  private final KeptSeries kept;
  private final Wanted wanted;

  SeriesText(KeptSeries kept, Wanted wanted) {
    this.kept = kept;
    this.wanted = wanted;
  }

  /** By metric and by stage, pairs of milliseconds since 1970 and figure; null where none was. */
  void json(OutputStream out) throws IOException {
    JsonGenerator json = Json.mapper().getFactory().createGenerator(out);
    json.writeStartObject();
    for (Map.Entry<String, Map<String, Series>> metric : byMetric().entrySet()) {
      json.writeObjectFieldStart(metric.getKey());
      for (Map.Entry<String, Series> stage : metric.getValue().entrySet()) {
        json.writeArrayFieldStart(stage.getKey());
        points(wanted.thinned(stage.getValue()), json);
        json.writeEndArray();
      }
      json.writeEndObject();
    }
    json.writeEndObject();
    json.flush();
  }

  private static void points(Series series, JsonGenerator json) throws IOException {
    for (int i = 0; i < series.size(); i++) {
      json.writeStartArray();
      json.writeNumber(series.millis(i));
      if (series.isGap(i)) {
        json.writeNull();
      } else {
        json.writeNumber(figure(series.value(i)));
      }
      json.writeEndArray();
    }
  }

  /** A row a point: ISO 8601 in UTC, stage, metric, and the figure or nothing. RFC 4180. */
  void csv(OutputStream out) throws IOException {
    Writer csv = new BufferedWriter(new OutputStreamWriter(out, UTF_8));
    csv.write("time,stage,metric,value\r\n");
    for (Map.Entry<String, Map<String, Series>> metric : byMetric().entrySet()) {
      for (Map.Entry<String, Series> stage : metric.getValue().entrySet()) {
        String names = "," + cell(stage.getKey()) + "," + cell(metric.getKey()) + ",";
        Series series = wanted.thinned(stage.getValue());
        for (int i = 0; i < series.size(); i++) {
          csv.write(Instant.ofEpochMilli(series.millis(i)).toString());
          csv.write(names);
          csv.write(series.isGap(i) ? "" : figure(series.value(i)));
          csv.write("\r\n");
        }
      }
    }
    csv.flush();
  }

  /** A name that a spreadsheet would take for a formula is made a text. */
  private static String cell(String name) {
    String safe = name.matches("[=+@\\t\\r-].*") ? "'" + name : name;
    return safe.matches("[A-Za-z0-9_.'-]*") ? safe : "\"" + safe.replace("\"", "\"\"") + "\"";
  }

  /** Whole numbers whole. */
  private static String figure(double value) {
    return value == Math.rint(value) && Math.abs(value) < WHOLE
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  private Map<String, Map<String, Series>> byMetric() {
    Map<String, Map<String, Series>> metrics = new TreeMap<>();
    kept.stages()
        .forEach(
            (stage, series) ->
                series.forEach(
                    (metric, points) -> {
                      if (wanted.has(stage, metric)) {
                        metrics.computeIfAbsent(metric, m -> new TreeMap<>()).put(stage, points);
                      }
                    }));
    return metrics;
  }
}
