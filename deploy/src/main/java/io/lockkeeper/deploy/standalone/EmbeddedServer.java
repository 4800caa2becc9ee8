package io.lockkeeper.deploy.standalone;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The PostgreSQL server of an installation: its cluster is kept, its roles have passwords. */
public final class EmbeddedServer implements AutoCloseable {
  private static final String SUPERUSER = "postgres";
  private static final String DOORS = "host all all 127.0.0.1/32 scram-sha-256\n";
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(10);

  private final EmbeddedPostgres server;
  private final String password;

  private EmbeddedServer(EmbeddedPostgres server, String password) {
    this.server = server;
    this.password = password;
  }

  /**
   * Starts the server over its cluster, and makes the cluster where it is missing.
   *
   * @param cluster folder of the cluster; its parent holds the server's log in {@code logs}
   * @param password of the superuser
   * @param settings besides ours
   */
  public static EmbeddedServer start(
      Path cluster, Path log, String password, Map<String, String> settings) {
    endOrphan(cluster);
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(cluster)
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setOverrideWorkingDirectory(binaries())
            .setPort(Ports.free())
            .setPGStartupWait(START)
            .setConnectConfig("password", password)
            .setOutputRedirector(Redirect.appendTo(log.toFile()))
            .setErrorRedirector(Redirect.appendTo(log.toFile()));
    Map.ofEntries(
            // The library's defaults are for tests that may lose everything; this may not.
            Map.entry("fsync", "on"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("listen_addresses", "127.0.0.1"),
            Map.entry("unix_socket_directories", "''"),
            Map.entry("max_connections", "200"),
            Map.entry("shared_buffers", "256MB"),
            Map.entry("max_wal_size", "2GB"),
            Map.entry("wal_level", "minimal"),
            Map.entry("max_wal_senders", "0"),
            Map.entry("log_statement", "ddl"),
            Map.entry("log_line_prefix", "'%m [%p] %a@%d '"))
        .forEach(builder::setServerConfig);
    settings.forEach(builder::setServerConfig);
    try {
      EmbeddedServer server = new EmbeddedServer(builder.start(), password);
      server.closeDoors(cluster);
      return server;
    } catch (IOException | RuntimeException e) {
      throw new LockkeeperException(
          FailureCode.DATA_FOLDER,
          "starting PostgreSQL over " + cluster,
          String.valueOf(e.getMessage()),
          "nothing was started",
          "Look into "
              + log
              + "; as root the server needs user namespaces: choose --data where another user may"
              + " start it",
          e);
    }
  }

  public int port() {
    return server.getPort();
  }

  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
  }

  /** A connection of the superuser; what it does, passwords included, stays out of the log. */
  public Connection connect(String database) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", SUPERUSER);
    properties.setProperty("password", password);
    properties.setProperty("options", "-c log_statement=none");
    return DriverManager.getConnection(url(database), properties);
  }

  /** Makes a role where it is missing, and gives it its password. */
  public void role(String name, String secret, List<String> options) {
    sql(
        "postgres",
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '"
            + name
            + "') THEN CREATE ROLE "
            + name
            + "; END IF; END $$;"
            + "ALTER ROLE "
            + name
            + " LOGIN PASSWORD '"
            + secret
            + "' "
            + String.join(" ", options));
  }

  public boolean exists(String database) {
    return one("SELECT 1 FROM pg_database WHERE datname = '" + database + "'").isPresent();
  }

  /** Makes a database where it is missing. */
  public void database(String name, String owner) {
    if (!exists(name)) {
      sql("postgres", "CREATE DATABASE " + name + " OWNER " + owner);
    }
  }

  /** A copy of a database, file by file. */
  public void copy(String name, String template, String owner) {
    sql(
        "postgres",
        "CREATE DATABASE "
            + name
            + " OWNER "
            + owner
            + " TEMPLATE "
            + template
            + " STRATEGY file_copy");
  }

  public void drop(String database) {
    sql("postgres", "DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
  }

  public List<String> databases() {
    return list(
        "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'");
  }

  public void sql(String database, String sql) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("the embedded server refused: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException("stopping PostgreSQL", e);
    }
  }

  /** From now on nobody gets in without a password. */
  private void closeDoors(Path cluster) throws IOException {
    Path doors = cluster.resolve("pg_hba.conf");
    if (!Files.readString(doors).equals(DOORS)) {
      sql("postgres", "ALTER ROLE " + SUPERUSER + " PASSWORD '" + password + "'");
      Files.writeString(doors, DOORS);
      sql("postgres", "SELECT pg_reload_conf()");
    }
  }

  private Optional<String> one(String sql) {
    return list(sql).stream().findFirst();
  }

  private List<String> list(String sql) {
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> list = new ArrayList<>();
      while (rows.next()) {
        list.add(rows.getString(1));
      }
      return list;
    } catch (SQLException e) {
      throw new IllegalStateException("the embedded server refused: " + e.getMessage(), e);
    }
  }

  /** A server that an earlier process of ours left behind when it was killed. */
  private static void endOrphan(Path cluster) {
    Path file = cluster.resolve("postmaster.pid");
    try {
      if (!Files.exists(file)) {
        return;
      }
      long pid = Long.parseLong(Files.readAllLines(file).get(0).strip());
      @Nullable ProcessHandle orphan = ProcessHandle.of(pid).orElse(null);
      boolean ours =
          orphan != null
              && orphan
                  .info()
                  .commandLine()
                  .filter(c -> c.contains(cluster.toString()))
                  .isPresent();
      if (orphan != null && ours) {
        // SIGINT is a fast shutdown; SIGTERM would wait for sessions that nobody ends.
        new ProcessBuilder("kill", "-INT", Long.toString(pid)).start().waitFor();
        orphan.onExit().get(STOP.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (IOException | NumberFormatException | ExecutionException | TimeoutException e) {
      throw new LockkeeperException(
          FailureCode.DATA_FOLDER,
          "starting PostgreSQL over " + cluster,
          "a server of an earlier run is still there and does not end",
          "nothing was started",
          "End the process named in " + file,
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Unpacked once for all installations of this user. */
  private static File binaries() {
    Path folder = Cache.folder().resolve("postgres");
    try {
      return Files.createDirectories(folder).toFile();
    } catch (IOException e) {
      throw new UncheckedIOException("making the folder " + folder, e);
    }
  }
}
