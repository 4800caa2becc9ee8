package io.lockkeeper.activities.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.lockkeeper.activities.settings.TargetSettings;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL database with its ways in: dedicated connections for what changes it, a small pool
 * for short reads. Safe for many threads.
 */
public final class Target implements AutoCloseable {
  /** Every session of ours begins with it, so that metrics and people can tell them. */
  public static final String OURS = "lk/";

  /** Statements of ours that are run as another role begin with it, for whoever counts them. */
  public static final String OUR_SQL = "/* lockkeeper";

  private static final Logger LOG = LoggerFactory.getLogger(Target.class);
  private static final int CONNECT_SECONDS = 10;
  private static final String CANCEL_SECONDS = "5";
  private static final String WATCH_SECONDS = "2";
  private static final int CHECKS_CLIENT_SINCE = 14;
  private static final int READERS = 4;
  private static final Duration READ = Duration.ofSeconds(30);

  /** Between two statements of one read is only our own code. */
  private static final Duration BETWEEN = Duration.ofSeconds(10);

  private static final String SERVER_AT_LEAST = "12";
  private static final Duration SPARE = Duration.ofSeconds(10);

  /** Longer than most samples are apart. */
  private static final Duration SAMPLING = Duration.ofMinutes(1);

  /** A server that does not answer holds who asks it no longer than this. */
  private static final String SAMPLE_SECONDS = "5";

  /** Whoever took so long to fail is not asked again at once. */
  private static final Duration SLOW = Duration.ofSeconds(1);

  /** What a pool of few sessions has to do now and then is done for all of them by one thread. */
  private static final ScheduledExecutorService HOUSEKEEPER = housekeeper();

  private static final Duration IDLE = Duration.ofSeconds(30);

  private final TargetSettings settings;
  private final String environment;
  private final Spare working = new Spare(SPARE);
  private final Spare watching = new Spare(SPARE);
  private final Spare sampling = new Spare(SAMPLING);
  private @Nullable HikariDataSource readers;

  public Target(String environment, TargetSettings settings) {
    this.environment = environment;
    this.settings = settings;
  }

  public TargetSettings settings() {
    return settings;
  }

  /** For messages: {@code magnus (dev)}. */
  public String title() {
    return settings.name() + " (" + environment + ")";
  }

  /**
   * A connection of its own, in autocommit, whose backend notices within a second that we are gone.
   *
   * @param applicationName shown in pg_stat_activity; the server cuts it at 63 bytes
   */
  public Connection dedicated(String applicationName) throws SQLException {
    return DriverManager.getConnection(settings.url(), properties(applicationName));
  }

  /** As {@link #dedicated}, to another database of the same server. */
  public Connection dedicated(String applicationName, String database) throws SQLException {
    return DriverManager.getConnection(url(database), properties(applicationName));
  }

  /**
   * As {@link #dedicated}: the session that {@link #keepWorking} was given just now, or a new one.
   */
  Connection working(String applicationName) throws SQLException {
    Optional<Connection> kept = working.take();
    if (kept.isPresent()) {
      try {
        name(kept.get(), applicationName);
        return kept.get();
      } catch (SQLException e) {
        LOG.debug("a session that was kept has ended: {}", SqlFailures.text(e));
        Spare.close(kept.get());
      }
    }
    return dedicated(applicationName);
  }

  /** Keeps a session of {@link #working} a moment, with nothing left of what was done in it. */
  void keepWorking(Connection connection) {
    try {
      Rows.execute(connection, "DISCARD ALL");
      name(connection, OURS + "spare");
      working.keep(connection);
    } catch (SQLException e) {
      LOG.debug("a session is not kept: {}", SqlFailures.text(e));
      Spare.close(connection);
    }
  }

  private static void name(Connection connection, String applicationName) throws SQLException {
    Rows.one(
        connection,
        "SELECT set_config('application_name', ?, false)",
        row -> row.getString(1),
        applicationName);
  }

  /**
   * A connection of its own for looking on while we work: read only, each statement short, on both
   * ends. It may be one of {@link #keepWatching}, whose session may have been ended meanwhile.
   */
  Connection watching() throws SQLException {
    Optional<Connection> kept = watching.take();
    return kept.isPresent() ? kept.get() : newlyWatching();
  }

  /** Keeps a session of {@link #watching} a moment. */
  void keepWatching(Connection connection) {
    watching.keep(connection);
  }

  private Connection newlyWatching() throws SQLException {
    Properties properties = properties(OURS + "watch");
    properties.setProperty("loginTimeout", WATCH_SECONDS);
    properties.setProperty("connectTimeout", WATCH_SECONDS);
    properties.setProperty("socketTimeout", WATCH_SECONDS);
    properties.setProperty(
        "options", "-c default_transaction_read_only=on -c statement_timeout=500ms");
    Connection connection = DriverManager.getConnection(settings.url(), properties);
    noticesWhenWeAreGone(connection);
    return connection;
  }

  /** Without it a backend works on for a client that is dead. PostgreSQL 14+. */
  static void noticesWhenWeAreGone(Connection connection) throws SQLException {
    if (connection.getMetaData().getDatabaseMajorVersion() >= CHECKS_CLIENT_SINCE) {
      Rows.execute(connection, "SET client_connection_check_interval = '1s'");
    }
  }

  /** The name of the database that the URL leads to. */
  public String database() {
    String url = settings.url();
    int query = url.indexOf('?');
    String base = query < 0 ? url : url.substring(0, query);
    return URLDecoder.decode(base.substring(base.lastIndexOf('/') + 1), UTF_8);
  }

  /** The JDBC URL of another database of the same server. */
  private String url(String database) {
    String url = settings.url();
    int query = url.indexOf('?');
    String base = query < 0 ? url : url.substring(0, query);
    return base.substring(0, base.lastIndexOf('/') + 1)
        + URLEncoder.encode(database, UTF_8)
        + (query < 0 ? "" : url.substring(query));
  }

  /** A short read on a pooled, read-only connection with a statement time-out. */
  public <T> T read(Read<T> read) throws SQLException {
    try (Connection connection = readers().getConnection()) {
      return read.on(connection);
    }
  }

  /**
   * The read of a sample, on a session that is kept for the next one. No statement lasts a second,
   * so that no snapshot of ours keeps back what others clean up; and a server that is away holds
   * its caller for some seconds at most.
   */
  public <T> T sample(Read<T> read) throws SQLException {
    Optional<Connection> kept = sampling.take();
    if (kept.isPresent()) {
      long began = System.nanoTime();
      try {
        return sample(kept.get(), read);
      } catch (SQLException e) {
        boolean waited = System.nanoTime() - began > SLOW.toNanos();
        if (!SqlFailures.isConnection(e) || waited) {
          throw e;
        }
        LOG.debug("the session of the samples has ended: {}", SqlFailures.text(e));
      }
    }
    return sample(newlySampling(), read);
  }

  private <T> T sample(Connection connection, Read<T> read) throws SQLException {
    try {
      T value = read.on(connection);
      sampling.keep(connection);
      return value;
    } catch (SQLException | RuntimeException e) {
      Spare.close(connection);
      throw e;
    }
  }

  private Connection newlySampling() throws SQLException {
    Properties properties = properties(OURS + "sample");
    properties.setProperty("loginTimeout", SAMPLE_SECONDS);
    properties.setProperty("connectTimeout", SAMPLE_SECONDS);
    properties.setProperty("socketTimeout", SAMPLE_SECONDS);
    properties.setProperty(
        "options", "-c default_transaction_read_only=on -c statement_timeout=900ms -c jit=off");
    return DriverManager.getConnection(settings.url(), properties);
  }

  /** Something read on a connection. */
  public interface Read<T> {
    T on(Connection connection) throws SQLException;
  }

  /** Our backends were ended, or shall be: nobody shall be given one of them. */
  public synchronized void forgetSessions() {
    working.forget();
    watching.forget();
    sampling.forget();
    if (readers != null) {
      readers.getHikariPoolMXBean().softEvictConnections();
    }
  }

  @Override
  public synchronized void close() {
    working.forget();
    watching.forget();
    sampling.forget();
    if (readers != null) {
      readers.close();
      readers = null;
    }
  }

  private Properties properties(String applicationName) {
    Properties properties = new Properties();
    properties.setProperty("user", settings.user());
    properties.setProperty("password", settings.password().read());
    properties.setProperty("ApplicationName", applicationName);
    properties.setProperty("loginTimeout", Integer.toString(CONNECT_SECONDS));
    properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
    properties.setProperty("cancelSignalTimeout", CANCEL_SECONDS);
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("assumeMinServerVersion", SERVER_AT_LEAST);
    // A measure may make the database read-only for all others.
    properties.setProperty("options", "-c default_transaction_read_only=off");
    return properties;
  }

  private synchronized HikariDataSource readers() {
    if (readers == null) {
      HikariConfig config = new HikariConfig();
      config.setJdbcUrl(settings.url());
      config.setUsername(settings.user());
      config.setPassword(settings.password().read());
      config.setMaximumPoolSize(READERS);
      config.setMinimumIdle(0);
      config.setIdleTimeout(IDLE.toMillis());
      config.setScheduledExecutor(HOUSEKEEPER);
      config.setReadOnly(true);
      config.setPoolName("read-" + environment + "-" + settings.name());
      config.setConnectionTimeout(Duration.ofSeconds(CONNECT_SECONDS).toMillis());
      config.setInitializationFailTimeout(-1);
      config.addDataSourceProperty("ApplicationName", OURS + "read");
      config.addDataSourceProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
      config.addDataSourceProperty("tcpKeepAlive", "true");
      // A network that drops everything says nothing; the server's own time-out comes before.
      config.addDataSourceProperty("socketTimeout", Long.toString(READ.toSeconds() + 5));
      config.addDataSourceProperty("assumeMinServerVersion", SERVER_AT_LEAST);
      // A read that is cut off in its transaction keeps weak locks, for which our own work waits.
      config.addDataSourceProperty(
          "options",
          "-c default_transaction_read_only=on -c statement_timeout="
              + READ.toMillis()
              + " -c idle_in_transaction_session_timeout="
              + BETWEEN.toMillis());
      readers = new HikariDataSource(config);
    }
    return readers;
  }

  private static ScheduledExecutorService housekeeper() {
    return Executors.newSingleThreadScheduledExecutor(
        work -> {
          Thread thread = new Thread(work, "pools");
          thread.setDaemon(true);
          return thread;
        });
  }
}
