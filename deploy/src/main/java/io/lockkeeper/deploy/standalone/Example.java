package io.lockkeeper.deploy.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.change.BundleFiles;
import io.lockkeeper.deploy.examples.ExampleApplication;
import io.lockkeeper.deploy.examples.PagesApplication;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.section.Script;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** An example of the checkout: its fixture, its application, its bundle with its neighbours'. */
final class Example {
  private final String name;
  private final Path folder;

  private Example(String name, Path folder) {
    this.name = name;
    this.folder = folder;
  }

  /** An application that runs. */
  record Running(ExampleApplication application, Path log) {}

  /**
   * @throws LockkeeperException where the checkout has no such example
   */
  static Example of(Path home, String name) {
    Path folder = home.resolve("deploy/examples").resolve(name);
    if (!Files.exists(folder.resolve(BundleFiles.CHANGE))) {
      throw new LockkeeperException(
          FailureCode.NOT_FOUND,
          "loading the example \"" + name + "\"",
          "there is no " + folder.resolve(BundleFiles.CHANGE),
          "nothing was started",
          "Choose one of the folders in " + folder.getParent());
    }
    return new Example(name, folder);
  }

  String name() {
    return name;
  }

  /**
   * Loads the fixture into each environment's database that is not there yet: once into a template,
   * from which they are copied.
   *
   * @param scale share of the rows, 1 for all
   */
  void load(EmbeddedServer server, EmbeddedTargets targets, DataFolder data, double scale) {
    String template = name + "_fixture_" + String.format(Locale.ROOT, "%.0f", scale * 10_000);
    if (!server.exists(template)) {
      String half = template + "_half";
      server.drop(half);
      roles(server);
      server.database(half, EmbeddedTargets.EXECUTOR);
      fixture(server.url(half), data.secret("secrets/target"), scale);
      // Renamed when it is whole: a start that was killed leaves no half template behind.
      server.sql("postgres", "ALTER DATABASE " + half + " RENAME TO " + template);
    }
    for (String environment : EmbeddedTargets.ENVIRONMENTS) {
      String database = targets.database(environment);
      if (!server.exists(database)) {
        server.copy(database, template, EmbeddedTargets.EXECUTOR);
      }
    }
  }

  Running start(
      EmbeddedServer server, EmbeddedTargets targets, DataFolder data, String environment) {
    Path log = data.folder("logs").resolve("app-" + environment + ".log");
    try {
      return new Running(
          PagesApplication.start(
              name,
              server.url(targets.database(environment)),
              EmbeddedTargets.APPLICATION,
              data.secret("secrets/application"),
              log),
          log);
    } catch (IOException e) {
      throw new UncheckedIOException("starting the application of " + name, e);
    } catch (SQLException e) {
      throw new IllegalStateException("starting the application of " + name, e);
    }
  }

  /**
   * The bundles as they are pushed: its own, and those of the changes before and after it, whose
   * folders begin with its name.
   */
  List<byte[]> archives() {
    try (Stream<Path> folders = Files.list(folder.getParent())) {
      return folders
          .filter(other -> other.equals(folder) || neighbour(other))
          .sorted()
          .map(Example::archive)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("looking for the bundles of " + name, e);
    }
  }

  private boolean neighbour(Path other) {
    return other.getFileName().toString().startsWith(name + "-")
        && Files.exists(other.resolve(BundleFiles.CHANGE));
  }

  private static byte[] archive(Path folder) {
    Findings findings = new Findings();
    byte[] archive = BundleFiles.archive(BundleFiles.ofFolder(folder, findings));
    findings.refuseErrors();
    return archive;
  }

  /** Roles belong to the server, and a fixture is loaded by one that makes none. */
  private void roles(EmbeddedServer server) {
    Path file = folder.resolve("roles.sql");
    if (Files.exists(file)) {
      try {
        server.sql("postgres", Files.readString(file, UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException("reading the roles of " + name, e);
      }
    }
  }

  private void fixture(String url, String password, double scale) {
    try (Connection connection =
            DriverManager.getConnection(url, EmbeddedTargets.EXECUTOR, password);
        Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute("SET fixture.scale = '" + scale + "'");
      for (io.lockkeeper.section.Statement one :
          Script.split(Files.readString(folder.resolve("fixture.sql"), UTF_8))) {
        statement.execute(one.text());
      }
      statement.execute(
          "GRANT USAGE ON SCHEMA public TO "
              + EmbeddedTargets.APPLICATION
              + "; GRANT SELECT ON ALL TABLES IN SCHEMA public TO "
              + EmbeddedTargets.APPLICATION);
    } catch (IOException e) {
      throw new UncheckedIOException("reading the fixture of " + name, e);
    } catch (SQLException e) {
      throw new IllegalStateException("loading the fixture of " + name, e);
    }
  }
}
