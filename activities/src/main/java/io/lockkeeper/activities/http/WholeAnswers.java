package io.lockkeeper.activities.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * GETs whose answers come whole within a time-out, or not at all. Redirects are not followed. Safe
 * for many threads.
 */
final class WholeAnswers {
  private final Duration timeout;
  private final HttpClient client;

  /**
   * @param timeout from the connection to the last byte
   */
  WholeAnswers(Duration timeout) {
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(timeout)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * Asks.
   *
   * @throws HttpTimeoutException where the answer did not come whole in time; says so for people
   */
  <T> HttpResponse<T> get(URI place, BodyHandler<T> body) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(place).timeout(timeout).GET().build();
    CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, body);
    try {
      // The request's own time-out ends with the headers: a body could drip for ever.
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw late();
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HttpTimeoutException) {
        throw late();
      }
      throw e.getCause() instanceof IOException problem ? problem : new IOException(e);
    }
  }

  private HttpTimeoutException late() {
    return new HttpTimeoutException("no whole answer within " + timeout.toMillis() + " ms");
  }
}
