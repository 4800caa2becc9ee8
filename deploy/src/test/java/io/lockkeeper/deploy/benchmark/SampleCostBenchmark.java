package io.lockkeeper.deploy.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.temporal.TemporalConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What samples cost the database that they are taken of. {@code deploy/benchmarks/sample-cost} runs
 * it. Ten soaks observe it; for the turns without them the worker is stopped where it is.
 */
@EnabledIfSystemProperty(named = "lockkeeper.benchmark", matches = ".+")
class SampleCostBenchmark {
  private static final Duration SAMPLE = Duration.ofSeconds(10);
  private static final int SOAKS = 10;
  private static final double LOOK_LIMIT_MILLIS = 5;
  private static final double SNAPSHOT_LIMIT_SECONDS = 1;

  /** Of the throughput without samples. */
  private static final double THROUGHPUT = 0.98;

  private static final String STATEMENTS =
      "SELECT sum(calls), sum(total_exec_time), sum(total_plan_time), max(max_exec_time)"
          + " FROM pg_stat_statements WHERE query LIKE '/* lockkeeper sample%'";
  private static final String ALL_OURS =
      "SELECT sum(total_exec_time + total_plan_time) FROM pg_stat_statements"
          + " WHERE userid = 'lk_exec'::regrole";
  private static final String OLDEST =
      "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)"
          + " FROM pg_stat_activity WHERE application_name LIKE 'lk/%' AND backend_xmin IS NOT NULL"
          + " AND datname = 'target_0'";

  @TempDir private Path folder;

  private final int pairs = Figures.given("pairs", 15);
  private final int seconds = Figures.given("seconds", 10);
  private final int scale = Figures.given("scale", 10);
  private volatile boolean ends;
  private volatile double oldest;
  private final AtomicLong seen = new AtomicLong();

  @Test
  void pgbenchWithAndWithoutSamples() throws Exception {
    try (SoakStack stack = SoakStack.start(folder, 1, Optional.empty());
        TemporalConnection temporal =
            TemporalConnection.of(
                stack.temporal(), Duration.ofSeconds(30), Duration.ofMinutes(1))) {
      Sql target = stack.superuser(0);
      pgbench(target, "-i", "-q", "-s", Integer.toString(scale));
      SoakLoad load = new SoakLoad(SOAKS, 1, SAMPLE, Duration.ofMinutes(15), Duration.ofHours(24));
      load.start(temporal, load.push(stack.client()), Duration.ZERO);
      stack.counts().execute("SELECT pg_stat_statements_reset()");
      Thread watch = watch(target);
      pgbench(target, "-c", "4", "-T", "5");
      List<Double> with = new ArrayList<>();
      List<Double> without = new ArrayList<>();
      for (int pair = 0; pair < pairs; pair++) {
        if (pair % 2 == 0) {
          with.add(throughput(target));
          without.add(throughputWithoutSamples(stack, target));
        } else {
          without.add(throughputWithoutSamples(stack, target));
          with.add(throughput(target));
        }
      }
      ends = true;
      watch.join();
      write(stack, with, without);
    }
  }

  private void write(SoakStack stack, List<Double> with, List<Double> without) {
    List<Double> ratios = new ArrayList<>();
    for (int pair = 0; pair < with.size(); pair++) {
      ratios.add(with.get(pair) / without.get(pair));
    }
    List<Double> looks = row(stack.counts(), STATEMENTS);
    double perLook = (looks.get(1) + looks.get(2)) / looks.get(0);
    double ratio = Figures.median(ratios);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("source", "pg_stat_statements of the embedded PostgreSQL, planning included");
    figures.put("soaks_on_the_database", SOAKS);
    figures.put("sample_seconds", SAMPLE.toSeconds());
    figures.put("looks", looks.get(0));
    figures.put("server_milliseconds_a_look", Figures.rounded(perLook));
    figures.put("of_that_planning", Figures.rounded(looks.get(2) / looks.get(0)));
    figures.put("slowest_execution_milliseconds", Figures.rounded(looks.get(3)));
    figures.put("server_milliseconds_a_look_limit", LOOK_LIMIT_MILLIS);
    figures.put(
        "all_our_statements_milliseconds_a_soak_sample",
        Figures.rounded(row(stack.counts(), ALL_OURS).get(0) / looks.get(0) / SOAKS));
    figures.put("oldest_snapshot_seconds", Figures.rounded(oldest));
    figures.put("oldest_snapshot_looked_for", seen.get());
    figures.put("pairs", pairs);
    figures.put("seconds_a_turn", seconds);
    figures.put("transactions_a_second_with", Figures.rounded(with));
    figures.put("transactions_a_second_without", Figures.rounded(without));
    figures.put("throughput_ratio_median", Figures.rounded(ratio));
    long seed = Long.getLong("lockkeeper.seed", 1L);
    figures.put("throughput_ratio_95_percent_interval", Figures.medianInterval(ratios, seed));
    figures.put("interval", "percentile bootstrap of the median, 10,000 resamples");
    Figures.write(figures);

    assertThat(looks.get(0)).isPositive();
    assertThat(perLook).isLessThanOrEqualTo(LOOK_LIMIT_MILLIS);
    assertThat(oldest).isLessThan(SNAPSHOT_LIMIT_SECONDS);
    assertThat(ratio).isGreaterThanOrEqualTo(THROUGHPUT);
  }

  private double throughputWithoutSamples(SoakStack stack, Sql target) throws Exception {
    stack.worker().freeze();
    try {
      return throughput(target);
    } finally {
      stack.worker().thaw();
    }
  }

  private double throughput(Sql target) throws Exception {
    String output = pgbench(target, "-c", "4", "-j", "2", "-T", Integer.toString(seconds));
    return output
        .lines()
        .filter(line -> line.startsWith("tps = "))
        .mapToDouble(line -> Double.parseDouble(line.split(" ")[2]))
        .findFirst()
        .orElseThrow(() -> new AssertionError(output));
  }

  private String pgbench(Sql target, String... words) throws Exception {
    URI url = URI.create(target.url().substring("jdbc:".length()));
    List<String> command = new ArrayList<>(List.of("pgbench", "-h", url.getHost()));
    command.addAll(List.of("-p", Integer.toString(url.getPort()), "-U", target.user()));
    command.addAll(Arrays.asList(words));
    command.add(url.getPath().substring(1));
    Path output = folder.resolve("pgbench.log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("PGPASSWORD", target.password());
    int code = builder.start().waitFor();
    String text = Files.readString(output);
    assertThat(code).as(text).isZero();
    return text;
  }

  /** Looks twenty times a second for the oldest snapshot of ours, in turns of both kinds. */
  private Thread watch(Sql target) {
    Thread thread =
        new Thread(
            () -> {
              try (Connection connection = target.connect();
                  Statement statement = connection.createStatement()) {
                while (!ends) {
                  try (ResultSet row = statement.executeQuery(OLDEST)) {
                    row.next();
                    oldest = Math.max(oldest, row.getDouble(1));
                    seen.incrementAndGet();
                  }
                  LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
                }
              } catch (SQLException e) {
                throw new IllegalStateException("looking for snapshots", e);
              }
            },
            "snapshots");
    thread.start();
    return thread;
  }

  private static List<Double> row(Sql database, String sql) {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      List<Double> values = new ArrayList<>();
      for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
        values.add(row.getDouble(column));
      }
      return values;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }
}
