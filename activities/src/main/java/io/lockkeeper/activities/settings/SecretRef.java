package io.lockkeeper.activities.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where a secret is: {@code env:NAME}, {@code file:PATH} or {@code command:NAME}. Its text is the
 * reference, so that it may be printed; the secret is read each time it is needed.
 */
public final class SecretRef {
  private static final long COMMAND_SECONDS = 10;

  private final String kind;
  private final String place;

  private SecretRef(String kind, String place) {
    this.kind = kind;
    this.place = place;
  }

  /**
   * @throws IllegalArgumentException with a message for the person who wrote it
   */
  public static SecretRef parse(String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? "" : text.substring(0, colon);
    if (!List.of("env", "file", "command").contains(kind) || colon == text.length() - 1) {
      // The text may be the secret itself: it is not repeated.
      throw new IllegalArgumentException(
          "a secret is written env:NAME, file:PATH or command:NAME, never itself");
    }
    return new SecretRef(kind, text.substring(colon + 1));
  }

  /**
   * The secret.
   *
   * @throws LockkeeperException where it cannot be read
   */
  public String read() {
    try {
      @Nullable String secret =
          switch (kind) {
            case "env" -> System.getenv(place);
            case "file" -> Files.readString(Path.of(place)).strip();
            default -> run();
          };
      if (secret == null || secret.isEmpty()) {
        throw unreadable("it is empty or not set", null);
      }
      return secret;
    } catch (IOException e) {
      throw unreadable(e.getClass().getSimpleName(), e);
    }
  }

  @Override
  public String toString() {
    return kind + ":" + place;
  }

  private String run() throws IOException {
    Process process = new ProcessBuilder(place).redirectErrorStream(false).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw unreadable("the command failed or took over " + COMMAND_SECONDS + " s", null);
      }
      return output;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      throw unreadable("interrupted", e);
    }
  }

  private LockkeeperException unreadable(String why, @Nullable Throwable cause) {
    return new LockkeeperException(
        FailureCode.CONFIGURATION,
        "reading the secret " + this,
        why,
        "nothing can connect with it",
        "Provide it and try again",
        cause);
  }
}
