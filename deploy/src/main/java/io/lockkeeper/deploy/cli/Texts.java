package io.lockkeeper.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What people read and write. */
final class Texts {
  private static final Pattern FRACTION = Pattern.compile("\\.[0-9]+Z$");

  private Texts() {}

  /** A time of the API for people: to the second. */
  static String time(JsonNode time) {
    return FRACTION.matcher(time.asText()).replaceFirst("Z");
  }

  /** An action of the API as the command that does it. */
  static String verb(JsonNode action) {
    return action.asText().equals("signOff") ? "sign-off" : action.asText();
  }

  /** {@code no findings}, {@code 1 finding}, {@code 2 findings}. */
  static String counted(int number, String thing) {
    return (number == 0 ? "no" : Integer.toString(number)) + " " + thing + (number == 1 ? "" : "s");
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new LockkeeperException(
          FailureCode.CONFIGURATION,
          "reading " + file,
          e.getClass().getSimpleName(),
          "nothing was started",
          "Name a file that is there and can be read",
          e);
    }
  }
}
