package io.lockkeeper.activities.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Records what probes take while pgbench works on the same server: the noise on which soaks are
 * judged in {@code NoiseBenchmark}. Lines of {@code second,probe,microseconds…}, gzipped. {@code
 * deploy/benchmarks/noise record} runs it.
 */
@EnabledIfSystemProperty(named = "lockkeeper.noise", matches = ".+")
class NoiseRecording {
  private static final int SCALE = 10;
  private static final int RUNS = 30;
  private static final Duration ROUND = Duration.ofSeconds(5);

  private static final Map<String, String> PROBES = new LinkedHashMap<>();

  static {
    PROBES.put("few_rows", "SELECT sum(abalance) FROM pgbench_accounts WHERE aid < 8000");
    PROBES.put("many_rows", "SELECT sum(abalance) FROM pgbench_accounts WHERE aid < 40000");
    PROBES.put("tellers", "SELECT bid, sum(tbalance) FROM pgbench_tellers GROUP BY bid");
  }

  @Test
  void probesUnderPgbench() throws IOException, InterruptedException, SQLException {
    long minutes = Long.getLong("lockkeeper.minutes", 65);
    String tps = System.getProperty("lockkeeper.tps", "60");
    try (Database database = Server.fresh()) {
      Server.asSuperuser("ALTER SYSTEM SET autovacuum = on");
      Server.asSuperuser("SELECT pg_reload_conf()");
      pgbench(database, "-i", "-q", "-s", String.valueOf(SCALE)).waitFor();
      database.asSuperuser("GRANT SELECT ON ALL TABLES IN SCHEMA public TO engine");
      Process load =
          pgbench(database, "-c", "4", "-R", tps, "-T", String.valueOf(minutes * 60 + 60));
      try (Connection connection = database.session("lk/noise");
          Writer out = output()) {
        long began = System.nanoTime();
        long rounds = Duration.ofMinutes(minutes).dividedBy(ROUND);
        for (long round = 0; round < rounds; round++) {
          LockSupport.parkNanos(began + round * ROUND.toNanos() - System.nanoTime());
          for (Map.Entry<String, String> probe : PROBES.entrySet()) {
            out.write(line(began, probe.getKey(), run(connection, probe.getValue())));
          }
          out.flush();
        }
        assertThat(load.isAlive()).as("pgbench worked to the end").isTrue();
      } finally {
        load.destroy();
        load.waitFor(10, TimeUnit.SECONDS);
      }
    }
  }

  private static List<Double> run(Connection connection, String sql) throws SQLException {
    return SqlProbe.time(
        connection, sql, new Bound(Map.of(), Viewer.OURS), RUNS, ProbeScans.none());
  }

  private static String line(long began, String probe, List<Double> seconds) {
    List<String> fields = new ArrayList<>();
    fields.add(String.valueOf((System.nanoTime() - began) / 1_000_000_000));
    fields.add(probe);
    seconds.forEach(run -> fields.add(String.valueOf(Math.round(run * 1e6))));
    return String.join(",", fields) + "\n";
  }

  private static Writer output() throws IOException {
    Path file = Path.of(System.getProperty("lockkeeper.noise"));
    return new OutputStreamWriter(
        new GZIPOutputStream(Files.newOutputStream(file), true), StandardCharsets.UTF_8);
  }

  private static Process pgbench(Database database, String... words) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("lockkeeper.pgbench", "pgbench"));
    command.addAll(List.of(words));
    command.addAll(
        List.of("-h", "127.0.0.1", "-p", String.valueOf(Server.port()), "-U", "postgres"));
    command.add(database.name());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(Redirect.DISCARD)
        .start();
  }
}
