package io.lockkeeper.activities.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * GETs to one place that the worker's file names, and to no other: redirects are not followed. An
 * answer that is longer than allowed, or that has not come whole in time, is none. Safe for many
 * threads.
 */
public final class OnePlace {
  private final URI place;
  private final Duration timeout;
  private final int most;
  private final HttpClient client;

  /**
   * @param place scheme, host and port; a path of its own stays in front
   * @param timeout for the whole answer
   * @param most bytes of an answer
   */
  public OnePlace(URI place, Duration timeout, int most) {
    this.place = place;
    this.timeout = timeout;
    this.most = most;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(timeout)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * Asks.
   *
   * @param rest path and query, encoded; begins with a slash
   * @return status 0 with the problem where no whole answer came
   */
  public HttpRequests.Answer get(String rest) {
    String front = place.toString().replaceAll("/+$", "");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(front + rest)).timeout(timeout).GET().build();
    long began = System.nanoTime();
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, Bounded.of(most + 1));
    try {
      // The request's own time-out ends with the headers: a body could drip for ever.
      HttpResponse<byte[]> whole = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (whole.body().length > most) {
        return none(began, "it answered more than " + most / 1000 + " kB");
      }
      String body = new String(whole.body(), UTF_8);
      return new HttpRequests.Answer(whole.statusCode(), body, seconds(began), Optional.empty());
    } catch (TimeoutException e) {
      answer.cancel(true);
      return none(began, "no whole answer within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      Throwable why = e.getCause() == null ? e : e.getCause();
      return none(began, why.getClass().getSimpleName());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer.cancel(true);
      return none(began, "interrupted");
    }
  }

  private static HttpRequests.Answer none(long began, String why) {
    return new HttpRequests.Answer(0, "", seconds(began), Optional.of(why));
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }
}
