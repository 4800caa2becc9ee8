package io.lockkeeper.activities.probe;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.change.Probe;
import io.lockkeeper.json.Json;
import io.lockkeeper.section.NamedParameters;
import io.lockkeeper.section.Script;
import io.lockkeeper.section.SqlSyntaxException;
import io.lockkeeper.step.Evidence.Blocks;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs a query with its parameters, read-only and under a statement time-out. Source of plans:
 * EXPLAIN (FORMAT JSON); of blocks: EXPLAIN (ANALYZE, BUFFERS); of rows: pg_class.reltuples
 * (PostgreSQL 12+).
 */
final class SqlProbe {
  private static final String READ_ONLY =
      "SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = ";

  /** Told apart from the application's, which may run the same as the same role. */
  static final String OURS = Target.OUR_SQL + " probe */ ";

  private static final String PLAN = "EXPLAIN (FORMAT JSON) ";

  /** Without the times of its nodes, whose clock makes it slow. */
  private static final String RUN = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ";

  private static final String HIT = "Shared Hit Blocks";
  private static final String READ = "Shared Read Blocks";

  private static final String SYNTAX_ERROR = "42601";

  private SqlProbe() {}

  /** Values that are written, or read once from the target as ourselves. */
  static Map<String, String> values(Connection connection, Map<String, Probe.Parameter> parameters)
      throws SQLException {
    Map<String, String> values = new LinkedHashMap<>();
    for (Map.Entry<String, Probe.Parameter> parameter : parameters.entrySet()) {
      if (parameter.getValue() instanceof Probe.Value value) {
        values.put(parameter.getKey(), value.value());
      } else if (parameter.getValue() instanceof Probe.Query query) {
        values.put(parameter.getKey(), first(connection, query.sql()));
      }
    }
    return values;
  }

  /**
   * Measures.
   *
   * @param warmUp runs before those that count
   */
  static Measured measure(Connection connection, String sql, Bound bound, int warmUp, int runs)
      throws SQLException {
    NamedParameters query = NamedParameters.of(single(sql));
    Map<String, String> values = bound.values();
    return inReadOnly(
        connection,
        bound.viewer(),
        () -> {
          List<Double> seconds = new ArrayList<>();
          long rows = 0;
          for (int run = 0; run < warmUp + runs; run++) {
            long began = System.nanoTime();
            rows = run(connection, query, values);
            double took = (System.nanoTime() - began) / 1e9;
            if (run >= warmUp) {
              seconds.add(took);
            }
          }
          return explained(connection, query, values, seconds, rows);
        });
  }

  /**
   * Runs without looking at the plan: seconds of each run. One before them does not count: the
   * first on a session that has rested, or is new, takes longer than others.
   */
  static List<Double> time(
      Connection connection, String sql, Bound bound, int runs, ProbeScans scans)
      throws SQLException {
    return time(connection, sql, bound, runs, scans, ProbeRunner.TIMEOUT);
  }

  /**
   * As above.
   *
   * @param timeout which ends a run: it is as slow as can be told, and so are those after it, which
   *     are spared the server
   */
  static List<Double> time(
      Connection connection, String sql, Bound bound, int runs, ProbeScans scans, Duration timeout)
      throws SQLException {
    NamedParameters query = NamedParameters.of(single(sql));
    return inReadOnly(
        connection,
        bound.viewer(),
        timeout,
        () -> {
          Map<Long, Long> before = scans.before(connection);
          List<Double> seconds = new ArrayList<>();
          for (int run = 0; run <= runs; run++) {
            double took = seconds(connection, query, bound.values(), timeout);
            if (took >= timeout.toMillis() / 1e3) {
              seconds.addAll(Collections.nCopies(run == 0 ? runs : runs - run + 1, took));
              return seconds;
            }
            if (run > 0) {
              seconds.add(took);
            }
          }
          scans.ran(connection, before, runs + 1);
          return seconds;
        });
  }

  /** Of one run, also where the time-out ended it; somebody else's cancel is a failure. */
  private static double seconds(
      Connection connection, NamedParameters query, Map<String, String> values, Duration timeout)
      throws SQLException {
    long began = System.nanoTime();
    try {
      run(connection, query, values);
    } catch (SQLException e) {
      boolean slow = System.nanoTime() - began >= timeout.toNanos();
      if (!SqlFailures.isCancelled(e) || !slow) {
        throw e;
      }
    }
    return (System.nanoTime() - began) / 1e9;
  }

  /**
   * How the query would be run now.
   *
   * @param scans in which those are counted that the planner itself makes
   */
  static PlanShape plan(Connection connection, String sql, Bound bound, ProbeScans scans)
      throws SQLException {
    NamedParameters query = NamedParameters.of(single(sql));
    return inReadOnly(
        connection,
        bound.viewer(),
        () -> {
          Map<Long, Long> before = scans.before(connection);
          PlanShape plan = PlanShape.of(explain(connection, PLAN, query, bound.values()));
          scans.ran(connection, before, 0);
          return plan;
        });
  }

  /**
   * The query itself, where it is one: of several, one could end the read-only transaction.
   *
   * @throws SQLException where it is not one statement
   */
  static String single(String sql) throws SQLException {
    try {
      if (Script.splitQuery(sql).size() == 1) {
        return sql;
      }
    } catch (SqlSyntaxException e) {
      throw new SQLException(e.text(), SYNTAX_ERROR, e);
    }
    throw new SQLException("it is not one statement, and only one is run", SYNTAX_ERROR);
  }

  /** Something done in a read-only transaction of which nothing stays. */
  interface Body<T> {
    T run() throws SQLException;
  }

  /**
   * Taken back to a savepoint and then committed: a transaction that is rolled back would be
   * counted as trouble of the application.
   */
  static <T> T inReadOnly(Connection connection, Viewer viewer, Body<T> body) throws SQLException {
    return inReadOnly(connection, viewer, ProbeRunner.TIMEOUT, body);
  }

  private static <T> T inReadOnly(
      Connection connection, Viewer viewer, Duration timeout, Body<T> body) throws SQLException {
    connection.setAutoCommit(false);
    try {
      try (Statement statement = connection.createStatement()) {
        statement.execute(READ_ONLY + timeout.toMillis());
      }
      Savepoint before = connection.setSavepoint();
      try {
        viewer.become(connection);
        return body.run();
      } finally {
        connection.rollback(before);
      }
    } finally {
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  private static String first(Connection connection, String sql) throws SQLException {
    return inReadOnly(
        connection,
        Viewer.OURS,
        () -> {
          try (Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery(single(sql))) {
            @Nullable String value = rows.next() ? rows.getString(1) : null;
            if (value == null) {
              throw new SQLException("the query for a parameter gives no value", "02000");
            }
            return value;
          }
        });
  }

  private static long run(Connection connection, NamedParameters query, Map<String, String> values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(OURS + query.sql())) {
      bind(statement, query, values);
      long rows = 0;
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          rows++;
        }
      }
      return rows;
    }
  }

  private static Measured explained(
      Connection connection,
      NamedParameters query,
      Map<String, String> values,
      List<Double> seconds,
      long rows)
      throws SQLException {
    PlanShape plan = PlanShape.of(explain(connection, PLAN, query, values));
    return new Measured(
        seconds,
        rows,
        Optional.of(plan.digest()),
        plan.text(),
        plan.indexes(),
        tableRows(connection, plan.relations()),
        blocks(connection, query, values));
  }

  /**
   * Of one more run. They decide nothing, so a run that fails leaves them untold; after it nothing
   * else can be done in the transaction.
   */
  private static Optional<Blocks> blocks(
      Connection connection, NamedParameters query, Map<String, String> values) {
    try {
      JsonNode plan = explain(connection, RUN, query, values);
      return plan.has(HIT) && plan.has(READ)
          ? Optional.of(new Blocks(plan.get(HIT).asLong(), plan.get(READ).asLong()))
          : Optional.empty();
    } catch (SQLException e) {
      return Optional.empty();
    }
  }

  /** The uppermost node; its figures hold those below it. */
  private static JsonNode explain(
      Connection connection, String how, NamedParameters query, Map<String, String> values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(OURS + how + query.sql())) {
      bind(statement, query, values);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return Json.read(result.getString(1), JsonNode.class).get(0).get("Plan");
      }
    }
  }

  private static double tableRows(Connection connection, List<String> relations)
      throws SQLException {
    String sql =
        "SELECT coalesce(max(reltuples), 0) FROM pg_class"
            + " WHERE relname = ANY (?) AND relkind IN ('r', 'p', 'm')";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", relations.toArray()));
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return result.getDouble(1);
      }
    }
  }

  private static void bind(
      PreparedStatement statement, NamedParameters query, Map<String, String> values)
      throws SQLException {
    int place = 1;
    for (String name : query.names()) {
      // Without a type, so that the server infers it from the query: text, uuid, numbers alike.
      statement.setObject(place++, values.get(name), Types.OTHER);
    }
  }
}
