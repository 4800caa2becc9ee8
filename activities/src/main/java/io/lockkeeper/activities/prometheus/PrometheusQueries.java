package io.lockkeeper.activities.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.activities.http.HttpRequests.Answer;
import io.lockkeeper.activities.http.OnePlace;
import io.lockkeeper.activities.settings.Sources;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Reading;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Instant queries, each of which gives one number. Whatever else comes is missing with its reason:
 * no answer, a status that is not 200, no series, several, NaN. An answer is kept for a few
 * seconds, so that many who observe do not ask more often; who asks the same meanwhile waits for
 * it, and who asks something else does not. Safe for many threads. Source: the HTTP API of
 * Prometheus 2, {@code /api/v1/query}.
 */
public final class PrometheusQueries {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int MOST_BYTES = 1_000_000;
  private static final int MOST_WORDS = 200;
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final OnePlace place;
  private final Map<String, Kept> kept = new ConcurrentHashMap<>();

  /** Who answers nothing is not asked for the next figure either. */
  private volatile Silence silence = new Silence("", System.nanoTime() - 1);

  private record Silence(String why, long until) {}

  /** A query's last answer, which is asked for by one at a time. */
  private static final class Kept {
    private Optional<Reading> reading = Optional.empty();
    private long nanos;

    private boolean isFresh() {
      return reading.isPresent() && System.nanoTime() - nanos < FRESH_NANOS;
    }
  }

  public PrometheusQueries(Sources.Prometheus settings) {
    this(settings, TIMEOUT);
  }

  PrometheusQueries(Sources.Prometheus settings, Duration timeout) {
    this.place = new OnePlace(settings.url(), timeout, MOST_BYTES);
  }

  /**
   * What a query gives now.
   *
   * @param query PromQL
   */
  public Reading ask(String query) {
    Kept known = kept.computeIfAbsent(query, q -> new Kept());
    synchronized (known) {
      if (known.isFresh()) {
        return known.reading.orElseThrow();
      }
      Silence last = silence;
      if (System.nanoTime() - last.until() < 0) {
        return new Reading.Missing(last.why());
      }
      Reading reading = asked(query);
      known.reading = Optional.of(reading);
      known.nanos = System.nanoTime();
      return reading;
    }
  }

  private Reading asked(String query) {
    Answer answer = place.get("/api/v1/query?query=" + URLEncoder.encode(query, UTF_8));
    if (answer.problem().isPresent()) {
      Reading.Missing missing =
          new Reading.Missing("Prometheus did not answer: " + answer.problem().get());
      silence = new Silence(missing.why(), System.nanoTime() + FRESH_NANOS);
      return missing;
    }
    JsonNode document;
    try {
      document = Json.read(answer.body(), JsonNode.class);
    } catch (RuntimeException e) {
      return new Reading.Missing(
          "Prometheus answered " + answer.status() + " and no JSON that could be read");
    }
    if (answer.status() != 200 || !document.path("status").asText().equals("success")) {
      return new Reading.Missing(
          "Prometheus answered "
              + answer.status()
              + cut(document.path("errorType").asText())
              + cut(document.path("error").asText()));
    }
    return figure(document.path("data"));
  }

  /** In front of it stands a blank, where there is anything. */
  private static String cut(String words) {
    String text = words.length() > MOST_WORDS ? words.substring(0, MOST_WORDS) + "…" : words;
    return text.isEmpty() ? "" : ", " + text;
  }

  private static Reading figure(JsonNode data) {
    JsonNode result = data.path("result");
    String type = data.path("resultType").asText();
    if (type.equals("scalar")) {
      return value(result);
    }
    if (!type.equals("vector")) {
      return new Reading.Missing(
          "the query gives " + (type.isEmpty() ? "nothing known" : "a " + type) + ", not a number");
    }
    return switch (result.size()) {
      case 0 -> new Reading.Missing("the query gives no series");
      case 1 -> value(result.get(0).path("value"));
      default ->
          new Reading.Missing(
              "the query gives " + result.size() + " series: aggregate them to one, as by max()");
    };
  }

  /**
   * @param pair of a time and a number as text
   */
  private static Reading value(JsonNode pair) {
    String text = pair.path(1).asText();
    try {
      double value = Double.parseDouble(text.replace("Inf", "Infinity"));
      return Double.isFinite(value)
          ? new Reading.Figure(value)
          : new Reading.Missing("the query gives " + text);
    } catch (NumberFormatException e) {
      return new Reading.Missing("the query gives no number");
    }
  }
}
