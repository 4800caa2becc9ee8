package io.lockkeeper.activities.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Version of a client tool or of a server, as PostgreSQL counts since 10.
 *
 * @param minor fixes of the major version; zero in a version that is not released yet
 */
record ClientVersion(int major, int minor) {
  private static final Pattern TEXT = Pattern.compile("\\(PostgreSQL\\) ([0-9]+)\\.?([0-9]*)");
  private static final int LOOK_SECONDS = 5;

  /** Of an installed tool; nothing where it is not installed. */
  static Optional<ClientVersion> of(String tool) {
    try {
      Process process = new ProcessBuilder(tool, "--version").redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes(), UTF_8);
      process.waitFor(LOOK_SECONDS, TimeUnit.SECONDS);
      return parse(text);
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  static Optional<ClientVersion> parse(String text) {
    Matcher version = TEXT.matcher(text);
    return version.find()
        ? Optional.of(
            new ClientVersion(
                Integer.parseInt(version.group(1)),
                version.group(2).isEmpty() ? 0 : Integer.parseInt(version.group(2))))
        : Optional.empty();
  }

  /** From {@code server_version_num}, such as 150018. */
  static ClientVersion ofServer(int number) {
    return new ClientVersion(number / 10_000, number % 10_000);
  }

  /** Whether it can dump what a server of that version has. */
  boolean dumps(ClientVersion server) {
    return major >= server.major;
  }

  /** Whether it lacks fixes that a server of the same major version has. */
  boolean lacksFixesOf(ClientVersion server) {
    return major == server.major && minor < server.minor;
  }

  String text() {
    return major + "." + minor;
  }
}
