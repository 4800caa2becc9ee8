package io.lockkeeper.deploy.benchmark;

import io.lockkeeper.deploy.fixture.Sql;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks every 50 ms who waits behind whom, and whether the change is in place. Behind the tool is
 * who waits for one of its backends, or for somebody who does.
 */
final class WaitSampler implements AutoCloseable {
  private static final long EVERY = 50_000_000L;
  private static final String WAITERS =
      """
      SELECT a.pid, pg_blocking_pids(a.pid),
        (SELECT max(extract(epoch FROM clock_timestamp() - l.waitstart)) FROM pg_locks l
          WHERE l.pid = a.pid AND NOT l.granted)
      FROM pg_stat_activity a WHERE a.wait_event_type = 'Lock' AND a.datname = current_database()
      """;

  private final List<Sample> samples = new ArrayList<>();
  private final Connection connection;
  private final String tool;
  private final String done;
  private final Thread thread = new Thread(this::run, "sampler");
  private volatile boolean ends;
  private volatile long inPlace;

  private WaitSampler(Connection connection, String tool, String done) {
    this.connection = connection;
    this.tool = tool;
    this.done = done;
  }

  /**
   * One look.
   *
   * @param behind milliseconds that each backend behind the tool has waited by then
   */
  record Sample(long at, Map<Integer, Double> behind) {}

  /**
   * Begins.
   *
   * @param tool role as which the tool works, and nobody else
   * @param done gives a row once the change is in place
   */
  static WaitSampler start(Sql database, String tool, String done) throws SQLException {
    Connection connection = database.connect();
    WaitSampler sampler = new WaitSampler(connection, tool, done);
    sampler.thread.setDaemon(true);
    sampler.thread.start();
    return sampler;
  }

  /** When the change was first seen in place. */
  OptionalLong inPlace() {
    return inPlace == 0 ? OptionalLong.empty() : OptionalLong.of(inPlace);
  }

  /** All looks; after the end. */
  List<Sample> samples() {
    return samples;
  }

  @Override
  public void close() throws SQLException {
    ends = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connection.close();
  }

  private void run() {
    long next = System.nanoTime();
    try (Statement statement = connection.createStatement()) {
      while (!ends) {
        samples.add(look(statement));
        if (inPlace == 0 && hasRow(statement, done)) {
          inPlace = System.nanoTime();
        }
        next = Math.max(next + EVERY, System.nanoTime());
        LockSupport.parkNanos(next - System.nanoTime());
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the sampler was refused", e);
    }
  }

  private Sample look(Statement statement) throws SQLException {
    Map<Integer, Set<Integer>> waitsFor = new HashMap<>();
    Map<Integer, Double> waited = new HashMap<>();
    try (ResultSet rows = statement.executeQuery(WAITERS)) {
      while (rows.next()) {
        Array pids = rows.getArray(2);
        waitsFor.put(rows.getInt(1), Set.of(distinct((Integer[]) pids.getArray())));
        waited.put(rows.getInt(1), rows.getDouble(3) * 1000);
      }
    }
    long at = System.nanoTime();
    Set<Integer> front = waitsFor.isEmpty() ? Set.of() : backends(statement);
    Map<Integer, Double> behind = new HashMap<>();
    for (Integer pid : behind(front, waitsFor)) {
      behind.put(pid, waited.getOrDefault(pid, 0.0));
    }
    return new Sample(at, behind);
  }

  private static Integer[] distinct(Integer[] pids) {
    return new HashSet<>(List.of(pids)).toArray(Integer[]::new);
  }

  /** Who waits for the front, or for somebody who does; the front itself is not behind itself. */
  static Set<Integer> behind(Set<Integer> front, Map<Integer, Set<Integer>> waitsFor) {
    Set<Integer> behind = new HashSet<>();
    boolean more = true;
    while (more) {
      more = false;
      for (Map.Entry<Integer, Set<Integer>> waiter : waitsFor.entrySet()) {
        boolean follows =
            waiter.getValue().stream().anyMatch(pid -> front.contains(pid) || behind.contains(pid));
        if (follows && !front.contains(waiter.getKey())) {
          more |= behind.add(waiter.getKey());
        }
      }
    }
    return behind;
  }

  private Set<Integer> backends(Statement statement) throws SQLException {
    Set<Integer> pids = new HashSet<>();
    try (ResultSet rows =
        statement.executeQuery("SELECT pid FROM pg_stat_activity WHERE usename = '" + tool + "'")) {
      while (rows.next()) {
        pids.add(rows.getInt(1));
      }
    }
    return pids;
  }

  private static boolean hasRow(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      return rows.next();
    }
  }
}
