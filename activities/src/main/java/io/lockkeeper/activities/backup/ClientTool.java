package io.lockkeeper.activities.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Runs pg_dump, pg_restore and the commands of a worker's file: as child processes, without a
 * shell, with the password in the environment only.
 */
final class ClientTool {
  /** Of sessions that work for a promotion, under its fence. */
  static final String NAME = Target.OURS + "backup";

  private static final long LOOK_MILLIS = 200;
  private static final int TOLD_CHARACTERS = 600;

  /** What goes on with values of rows, or with SQL. */
  private static final Pattern PRIVATE =
      Pattern.compile("(?i).*\\b(DETAIL|CONTEXT|HINT|STATEMENT|QUERY|Command was):.*");

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private static final Pattern OPTION = Pattern.compile("[?&]([A-Za-z]+)=([^&]*)");

  /** Options of the driver that the tools know by other names. */
  private static final Map<String, String> SECURITY =
      Map.of(
          "sslmode", "PGSSLMODE",
          "sslrootcert", "PGSSLROOTCERT",
          "sslcert", "PGSSLCERT",
          "sslkey", "PGSSLKEY");

  private final Target target;
  private final Running running;
  private final String applicationName;

  /** For a promotion. */
  ClientTool(Target target, Running running) {
    this(target, running, NAME);
  }

  /**
   * @param applicationName of its sessions, in pg_stat_activity
   */
  ClientTool(Target target, Running running, String applicationName) {
    this.target = target;
    this.running = running;
    this.applicationName = applicationName;
  }

  /** Looks how far a tool has come, while it runs. */
  interface Look {
    /**
     * @param output what it has printed up to now
     */
    void at(Path output) throws IOException;
  }

  /** The tool's major version; nothing where it is not installed. */
  static Optional<Integer> majorVersion(String tool) {
    return ClientVersion.of(tool).map(ClientVersion::major);
  }

  /** As {@link #run(List, String, String, Look)}, without looking. */
  String run(List<String> command, String database, String doing) throws IOException {
    return run(command, database, doing, output -> {});
  }

  /**
   * Runs a tool to its end.
   *
   * @param database that it connects to
   * @param doing for people
   * @return what it printed on the standard output
   * @throws ToolFailedException with the tool's own words
   */
  String run(List<String> command, String database, String doing, Look look) throws IOException {
    Path output = Files.createTempFile("lockkeeper-tool", ".log");
    Path errors = Files.createTempFile("lockkeeper-tool", ".err");
    try {
      ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
      environment(builder.environment(), database);
      Process process =
          builder.redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
      process.getOutputStream().close();
      try {
        while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          running.beat(doing);
          look.at(errors);
        }
      } finally {
        process.destroy();
      }
      if (process.exitValue() != 0) {
        String all = text(errors) + text(output);
        throw new ToolFailedException(title(command, doing), words(all, process.exitValue()));
      }
      return text(output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ToolFailedException(title(command, doing), "interrupted");
    } finally {
      Files.deleteIfExists(output);
      Files.deleteIfExists(errors);
    }
  }

  private String title(List<String> command, String doing) {
    Path tool = Path.of(command.get(0)).getFileName();
    return doing + " with " + tool + " of " + target.title();
  }

  /** Where it says what went wrong, and nothing else: what is restored has values of rows. */
  private static String words(String output, int exit) {
    List<String> lines = output.lines().filter(line -> !PRIVATE.matcher(line).matches()).toList();
    List<String> errors = lines.stream().filter(line -> line.contains("error:")).toList();
    String words =
        (errors.isEmpty() ? lines : errors)
            .stream().map(ClientTool::plain).collect(Collectors.joining(" ")).strip();
    String cut =
        words.length() > TOLD_CHARACTERS
            ? words.substring(words.length() - TOLD_CHARACTERS)
            : words;
    return cut.isEmpty() ? "it ended with " + exit + " and without a word" : cut;
  }

  /** Names of objects may hold what a terminal would obey. */
  static String plain(String text) {
    return CONTROL.matcher(text).replaceAll("?");
  }

  private void environment(Map<String, String> environment, String database) {
    String url = target.settings().url().substring("jdbc:".length());
    URI place = URI.create(url.replaceFirst("\\?.*", ""));
    environment.put("PGHOST", place.getHost());
    environment.put("PGPORT", Integer.toString(place.getPort() < 0 ? 5432 : place.getPort()));
    environment.put("PGDATABASE", database);
    environment.put("PGUSER", target.settings().user());
    environment.put("PGPASSWORD", target.settings().password().read());
    environment.put("PGAPPNAME", applicationName);
    environment.put("PGCONNECT_TIMEOUT", "10");
    environment.put("LC_ALL", "C");
    Matcher options = OPTION.matcher(url);
    while (options.find()) {
      String value = options.group(2);
      Optional.ofNullable(SECURITY.get(options.group(1)))
          .ifPresent(variable -> environment.put(variable, value));
    }
  }

  /** Tools print names as the database has them: not every byte is a letter. */
  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), UTF_8);
  }
}
