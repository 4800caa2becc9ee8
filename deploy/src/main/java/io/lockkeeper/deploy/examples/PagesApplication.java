package io.lockkeeper.deploy.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * An example's application: pages that really query the tables, with a pool of its own and a log.
 * It answers for the pages of every example, as far as their tables are there; its dashboard shows
 * those of its own. {@code POST /scenario/slow?ms=400} from loopback makes the dashboard slow.
 */
public final class PagesApplication implements ExampleApplication {
  private static final int SESSIONS = 4;

  private final String example;
  private final HttpServer server;
  private final ExecutorService workers;
  private final Connector connector;
  private final BlockingQueue<Connection> sessions;
  private final Path log;
  private volatile int slowMillis;

  private PagesApplication(
      String example,
      HttpServer server,
      ExecutorService workers,
      Connector connector,
      BlockingQueue<Connection> sessions,
      Path log) {
    this.example = example;
    this.server = server;
    this.workers = workers;
    this.connector = connector;
    this.sessions = sessions;
    this.log = log;
  }

  /** Opens a session. */
  private interface Connector {
    Connection open() throws SQLException;
  }

  /**
   * Starts on a free port of loopback.
   *
   * @param example whose pages its dashboard shows
   */
  public static PagesApplication start(
      String example, String url, String user, String password, Path log)
      throws IOException, SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("ApplicationName", example + "-app");
    Connector connector = () -> DriverManager.getConnection(url, properties);
    BlockingQueue<Connection> sessions = new ArrayBlockingQueue<>(SESSIONS);
    for (int i = 0; i < SESSIONS; i++) {
      sessions.add(connector.open());
    }
    // Without it every answer waits 40 ms for an acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    ExecutorService workers =
        Executors.newFixedThreadPool(
            SESSIONS,
            work -> {
              Thread thread = new Thread(work, example + "-app");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(workers);
    PagesApplication application =
        new PagesApplication(example, server, workers, connector, sessions, log);
    Files.createDirectories(log.getParent());
    application.write("INFO started");
    server.createContext("/", application::answer);
    server.start();
    return application;
  }

  @Override
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
    List<Connection> open = new ArrayList<>();
    sessions.drainTo(open);
    for (Connection session : open) {
      try {
        session.close();
      } catch (SQLException e) {
        System.getLogger("example").log(System.Logger.Level.DEBUG, "closing", e);
      }
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring(1);
    try {
      if (path.equals("scenario/slow") && exchange.getRequestMethod().equals("POST")) {
        slow(exchange);
      } else if (path.equals("health")) {
        send(exchange, 200, "text/plain", query("SELECT 'connected'").get(0).get(0));
      } else if (path.equals("dashboard")) {
        send(exchange, 200, "text/html", dashboard());
      } else {
        page(exchange, path);
      }
    } catch (SQLException e) {
      write("ERROR " + path + " failed, SQLSTATE " + e.getSQLState());
      send(exchange, 500, "text/plain", "the page failed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      send(exchange, 503, "text/plain", "stopping");
    }
  }

  private void page(HttpExchange exchange, String path)
      throws IOException, SQLException, InterruptedException {
    Optional<Page> page = Page.named(path);
    if (page.isEmpty()) {
      send(exchange, 404, "text/plain", "no such page");
      return;
    }
    send(exchange, 200, "application/json", json(page.get().list(), query(page.get().sql())));
  }

  /** For scenarios of the demo; reachable from this machine only, like the whole application. */
  private void slow(HttpExchange exchange) throws IOException {
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    slowMillis = query.matches("ms=[0-9]{1,5}") ? Integer.parseInt(query.substring(3)) : 0;
    write("INFO slow by " + slowMillis + " ms");
    send(exchange, 200, "text/plain", "slow by " + slowMillis + " ms");
  }

  private String dashboard() throws SQLException, InterruptedException {
    if (slowMillis > 0) {
      // A slow query in the real database, as the scenario asks for.
      query("SELECT pg_sleep(" + slowMillis / 1000.0 + ")");
    }
    StringBuilder page = new StringBuilder("<!doctype html><title>");
    page.append(example).append("</title><h1>").append(example).append("</h1>");
    for (Page part : Page.of(example)) {
      page.append("<p>").append(part.name()).append(": ").append(query(part.sql()).size());
    }
    return page.append("<p>Dashboard ready").toString();
  }

  private List<List<String>> query(String sql) throws SQLException, InterruptedException {
    Connection session = sessions.poll(5, TimeUnit.SECONDS);
    if (session == null) {
      throw new SQLException("no session is free", "53300");
    }
    try {
      return query(session, sql);
    } catch (SQLException e) {
      if (session.isValid(1)) {
        throw e;
      }
      // Somebody ended the session, as a backup by copy does: a new one goes on.
      session = connector.open();
      return query(session, sql);
    } finally {
      sessions.add(session);
    }
  }

  private static List<List<String>> query(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<List<String>> result = new ArrayList<>();
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(String.valueOf(rows.getString(i)));
        }
        result.add(row);
      }
      return result;
    }
  }

  private static String json(String name, List<List<String>> rows) {
    StringBuilder text = new StringBuilder("{\"" + name + "\":[");
    for (int i = 0; i < rows.size(); i++) {
      text.append(i == 0 ? "" : ",").append("[\"");
      text.append(String.join("\",\"", rows.get(i))).append("\"]");
    }
    return text.append("]}").toString();
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private synchronized void write(String line) throws IOException {
    Files.writeString(
        log,
        Instant.now() + " " + line + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
