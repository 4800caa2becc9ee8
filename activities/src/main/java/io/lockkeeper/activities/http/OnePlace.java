package io.lockkeeper.activities.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.activities.http.HttpRequests.Answer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/**
 * GETs to one place that the worker's file names, and to no other: redirects are not followed. An
 * answer that is longer than allowed, or that has not come whole in time, is none. Safe for many
 * threads.
 */
public final class OnePlace {
  private final URI place;
  private final int most;
  private final WholeAnswers answers;

  /**
   * @param place scheme, host and port; a path of its own stays in front
   * @param timeout for the whole answer
   * @param most bytes of an answer
   */
  public OnePlace(URI place, Duration timeout, int most) {
    this.place = place;
    this.most = most;
    this.answers = new WholeAnswers(timeout);
  }

  /**
   * Asks.
   *
   * @param rest path and query, encoded; begins with a slash
   * @return status 0 with the problem where no whole answer came
   */
  public Answer get(String rest) {
    String front = place.toString().replaceAll("/+$", "");
    long began = System.nanoTime();
    try {
      HttpResponse<byte[]> whole =
          answers.get(URI.create(front + rest), Bounded.of(most + 1, BodyHandlers.ofByteArray()));
      if (whole.body().length > most) {
        return Answer.none(began, "it answered more than " + most / 1000 + " kB");
      }
      return Answer.whole(whole.statusCode(), new String(whole.body(), UTF_8), began);
    } catch (HttpTimeoutException e) {
      return Answer.tooLate(began, e);
    } catch (IOException e) {
      return Answer.none(began, e.getClass().getSimpleName());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.none(began, "interrupted");
    }
  }
}
