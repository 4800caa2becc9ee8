package io.lockkeeper.activities.http;

import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * GETs to the places that the environment allows, and to no others. Redirects are not followed:
 * they would lead past the list. An answer that has not come whole in time is none. Safe for many
 * threads.
 */
public final class HttpRequests {
  private static final Pattern VARIABLE = Pattern.compile("\\$([A-Za-z_][A-Za-z0-9_]*)");
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_BODY = 1 << 20;

  private final EnvironmentSettings environment;
  private final WholeAnswers answers;

  public HttpRequests(EnvironmentSettings environment) {
    this(environment, TIMEOUT);
  }

  /**
   * @param timeout of each request, from its connection to the last byte of its answer
   */
  public HttpRequests(EnvironmentSettings environment, Duration timeout) {
    this.environment = environment;
    this.answers = new WholeAnswers(timeout);
  }

  /**
   * An answer.
   *
   * @param status zero where none came
   * @param body its first megabyte; what comes after it is not waited for
   * @param seconds until its last byte, or that of the first megabyte
   * @param problem why none came whole; absent where one did
   * @param late whether it had not come whole when its time was over
   */
  public record Answer(
      int status, String body, double seconds, Optional<String> problem, boolean late) {
    static Answer whole(int status, String body, long began) {
      return new Answer(status, body, seconds(began), Optional.empty(), false);
    }

    static Answer none(long began, String why) {
      return new Answer(0, "", seconds(began), Optional.of(why), false);
    }

    static Answer tooLate(long began, HttpTimeoutException e) {
      return new Answer(0, "", seconds(began), Optional.of(String.valueOf(e.getMessage())), true);
    }

    static double seconds(long began) {
      return (System.nanoTime() - began) / 1e9;
    }
  }

  /**
   * Asks.
   *
   * @param written URL with variables as {@code $name}
   * @throws LockkeeperException {@code CONFIGURATION} where the place is not allowed or a variable
   *     is unknown; an application that does not answer is an answer
   */
  public Answer get(String written) {
    URI place = allowed(written);
    long began = System.nanoTime();
    try {
      HttpResponse<String> answer =
          answers.get(place, Bounded.of(MAX_BODY, BodyHandlers.ofString()));
      return Answer.whole(answer.statusCode(), answer.body(), began);
    } catch (HttpTimeoutException e) {
      return Answer.tooLate(began, e);
    } catch (IOException e) {
      String why =
          e.getClass().getSimpleName() + (e.getMessage() == null ? "" : " " + e.getMessage());
      return Answer.none(began, why);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.none(began, "interrupted");
    }
  }

  private URI allowed(String written) {
    Matcher variables = VARIABLE.matcher(written);
    String url = variables.replaceAll(match -> Matcher.quoteReplacement(value(match.group(1))));
    URI place;
    try {
      place = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw refused(written, "it is not a URL", e);
    }
    boolean http = "http".equals(place.getScheme()) || "https".equals(place.getScheme());
    @Nullable String host = place.getHost();
    if (!http || host == null || place.getUserInfo() != null) {
      throw refused(written, "it is not a plain http or https URL", null);
    }
    int port =
        place.getPort() >= 0 ? place.getPort() : "https".equals(place.getScheme()) ? 443 : 80;
    if (!environment.httpAllow().contains(host + ":" + port)) {
      throw refused(written, host + ":" + port + " is not in http_allow", null);
    }
    return place;
  }

  private String value(String variable) {
    @Nullable String value = environment.variables().get(variable);
    if (value == null) {
      throw refused("$" + variable, "the environment has no such variable", null);
    }
    return value;
  }

  private LockkeeperException refused(String written, String why, @Nullable Throwable cause) {
    return new LockkeeperException(
        FailureCode.CONFIGURATION,
        "asking " + written + " in " + environment.name(),
        why,
        "nothing was sent",
        "Mend the change, or let the place in by the worker's file",
        cause);
  }
}
