package io.lockkeeper.deploy.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Calls the API. Safe for many threads. */
public final class ServerClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(75);
  private static final Duration ENVIRONMENTS = Duration.ofSeconds(60);

  private final String server;
  private final String token;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  public ServerClient(String server, String token) {
    this.server = server.endsWith("/") ? server.substring(0, server.length() - 1) : server;
    this.token = token;
  }

  /**
   * An answer.
   *
   * @param text as it came
   * @param soFar stages whose series are not whole yet, each with the time until which they reach
   * @param keptFrom stages whose series are not whole any more, each with the time from which on
   *     they are kept
   * @param expired stages whose series are gone, each with the time until which they were kept
   */
  public record Answer(
      int status, String text, List<String> soFar, List<String> keptFrom, List<String> expired) {
    public Answer {
      soFar = List.copyOf(soFar);
      keptFrom = List.copyOf(keptFrom);
      expired = List.copyOf(expired);
    }

    Answer(int status, String text) {
      this(status, text, List.of(), List.of(), List.of());
    }

    public boolean good() {
      return status < 300;
    }

    /** What is not a good answer, as a failure. */
    public LockkeeperException refusal(String tried) {
      return new LockkeeperException(
          FailureCode.NOT_ALLOWED,
          tried,
          json().path("detail").asText("the server answered with status " + status),
          "nothing was done",
          json().path("todo").asText("Put that right, then try again"));
    }

    /** The body; null node where it is not JSON. */
    public JsonNode json() {
      try {
        return text.isEmpty() ? NullNode.getInstance() : Json.read(text, JsonNode.class);
      } catch (IllegalArgumentException e) {
        return NullNode.getInstance();
      }
    }
  }

  public Answer get(String path) {
    return send(request(path).GET());
  }

  /**
   * As {@link #get(String)}.
   *
   * @param patience how long the answer may take; never longer than for any other call
   */
  public Answer get(String path, Duration patience) {
    return send(request(path).timeout(shorter(patience)).GET());
  }

  public Answer post(String path, Object body, Map<String, String> headers) {
    return post(path, "application/json", BodyPublishers.ofString(Json.text(body)), headers);
  }

  public Answer post(String path, Object body) {
    return post(path, body, Map.of());
  }

  /** Pushes a bundle. */
  public Answer push(byte[] archive) {
    return post("/changes", "application/gzip", BodyPublishers.ofByteArray(archive), Map.of());
  }

  /**
   * Listens to a stream of events.
   *
   * @param after the last place that is known
   * @param patience how long is listened, also where nothing comes
   * @param listener told of kind and data; false ends it
   * @return whether the listener ended it, and neither the server nor the time
   * @throws LockkeeperException {@link FailureCode#SERVER_UNREACHABLE} when there is no answer,
   *     another code when the answer is no
   */
  public boolean events(
      String path, long after, Duration patience, BiPredicate<String, JsonNode> listener) {
    HttpRequest request =
        request(path + "?after=" + after).timeout(shorter(patience)).GET().build();
    long giveUp = System.nanoTime() + patience.toNanos();
    try {
      HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
      closeAt(giveUp, response.body());
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
        if (response.statusCode() == 200) {
          return listen(lines, listener);
        }
        String text = lines.lines().collect(Collectors.joining("\n"));
        throw new Answer(response.statusCode(), text).refusal("listening to " + path);
      }
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(e);
    }
  }

  /** Waits until workers have announced the environments and reach their targets. */
  public void awaitEnvironments(List<String> wanted) {
    long giveUp = System.nanoTime() + ENVIRONMENTS.toNanos();
    while (System.nanoTime() < giveUp) {
      Set<String> missing = new HashSet<>(wanted);
      for (JsonNode item : get("/environments").json().path("items")) {
        // A target that is down is told at the start of a promotion: the worker is there.
        missing.remove(item.path("facts").path("name").asText());
      }
      if (missing.isEmpty()) {
        return;
      }
      pause();
    }
    throw new LockkeeperException(
        FailureCode.SERVER_UNREACHABLE,
        "waiting for the workers of " + wanted,
        "not all have announced themselves within " + ENVIRONMENTS.toSeconds() + " s",
        "no promotion could start",
        "Look into the log");
  }

  /** Reading ends then: a stream in which nothing happens is silent, and would hold who reads. */
  private static void closeAt(long giveUp, InputStream body) {
    long left = Math.max(0, giveUp - System.nanoTime());
    var ignored =
        CompletableFuture.runAsync(
            () -> {
              try {
                body.close();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            CompletableFuture.delayedExecutor(left, TimeUnit.NANOSECONDS));
  }

  private static Duration shorter(Duration patience) {
    Duration positive = positive(patience);
    return positive.compareTo(TIMEOUT) < 0 ? positive : TIMEOUT;
  }

  private static Duration positive(Duration patience) {
    return patience.isNegative() || patience.isZero() ? Duration.ofMillis(1) : patience;
  }

  private static boolean listen(BufferedReader lines, BiPredicate<String, JsonNode> listener) {
    String kind = "";
    for (@Nullable String line = next(lines); line != null; line = next(lines)) {
      if (line.startsWith("event: ")) {
        kind = line.substring("event: ".length());
      } else if (line.startsWith("data: ")) {
        JsonNode data = Json.read(line.substring("data: ".length()), JsonNode.class);
        if (!listener.test(kind, data)) {
          return true;
        }
      }
    }
    return false;
  }

  /** A stream that breaks has ended: who listens asks again from the last place. */
  private static @Nullable String next(BufferedReader lines) {
    try {
      return lines.readLine();
    } catch (IOException e) {
      return null;
    }
  }

  private Answer post(String path, String type, BodyPublisher body, Map<String, String> headers) {
    HttpRequest.Builder request = request(path).header("Content-Type", type).POST(body);
    headers.forEach(request::header);
    return send(request);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path))
        .timeout(TIMEOUT)
        .header("Accept", "*/*")
        .header("Authorization", "Bearer " + token);
  }

  private URI uri(String path) {
    try {
      return URI.create(server + "/api/v1" + path);
    } catch (IllegalArgumentException e) {
      throw new LockkeeperException(
          FailureCode.CONFIGURATION,
          "calling " + server,
          "it is not a URL",
          "nothing was sent",
          "Set LOCKKEEPER_SERVER to such as http://127.0.0.1:8080",
          e);
    }
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString(UTF_8));
      return new Answer(
          response.statusCode(),
          response.body(),
          response.headers().allValues("Lockkeeper-So-Far"),
          response.headers().allValues("Lockkeeper-Kept-From"),
          response.headers().allValues("Lockkeeper-Expired"));
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(e);
    }
  }

  private LockkeeperException unreachable(Exception e) {
    return new LockkeeperException(
        FailureCode.SERVER_UNREACHABLE,
        "calling the server at " + server,
        e.getClass().getSimpleName(),
        "it is not known whether anything was done",
        "Start it by lockkeeper up, or set LOCKKEEPER_SERVER to where it runs",
        e);
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
