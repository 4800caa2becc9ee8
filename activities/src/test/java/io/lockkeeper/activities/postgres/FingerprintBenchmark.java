package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.json.Json;
import io.lockkeeper.section.QualifiedName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What looking at the schema costs in a database of 10^5 indexes: the cheap fingerprint of what a
 * change touches, as each window of a soak takes it, and the whole one, as the baseline does.
 * {@code deploy/benchmarks/fingerprint} runs it.
 */
@EnabledIfSystemProperty(named = "lockkeeper.benchmark", matches = ".+")
class FingerprintBenchmark {
  private static final double LIMIT = 1;
  private static final int A_TABLE = 100;
  private static final int CHEAP_RUNS = 30;
  private static final int WHOLE_RUNS = 3;

  /** One measurement, in seconds, and how many lines it gave. */
  private interface Taking {
    Fingerprint take() throws SQLException;
  }

  @Test
  void cheapOneOfTwoTables_andWholeOne() throws SQLException, IOException {
    int indexes = Integer.getInteger("lockkeeper.indexes", 100_000);
    Map<String, Object> figures = new LinkedHashMap<>();
    try (Database database = Server.fresh()) {
      long began = System.nanoTime();
      make(database, indexes);
      figures.put("indexes", database.list("SELECT count(*) FROM pg_index").get(0));
      figures.put("made_in_seconds", (System.nanoTime() - began) / 1e9);
      Touched touched =
          new Touched(List.of(QualifiedName.of("t_1"), QualifiedName.of("t_2")), List.of());
      Target target = database.target();
      // As the first window after a restart finds it: on a session of its own.
      target.forgetSessions();
      List<Double> first =
          times(1, () -> target.read(c -> Fingerprint.cheap(c, touched)), figures, "cheap_lines");
      List<Double> cheap =
          times(
              CHEAP_RUNS,
              () -> target.read(c -> Fingerprint.cheap(c, touched)),
              figures,
              "cheap_lines");
      List<Double> whole =
          times(WHOLE_RUNS, () -> new TargetLedger(target).fingerprint(), figures, "whole_lines");
      figures.put("cheap_first_seconds", first.get(0));
      figures.put("cheap_median_seconds", median(cheap));
      figures.put("cheap_longest_seconds", Collections.max(cheap));
      figures.put("whole_median_seconds", median(whole));
      figures.put("whole_seconds", whole);
      figures.put("limit_seconds", LIMIT);
      Files.writeString(Path.of(System.getProperty("lockkeeper.benchmark")), Json.text(figures));
      assertThat(first.get(0)).isLessThan(LIMIT);
      assertThat(Collections.max(cheap)).isLessThan(LIMIT);
    }
  }

  /** A transaction a table: all at once would need more locks than the server has. */
  private static void make(Database database, int indexes) {
    for (int table = 1; table <= indexes / A_TABLE; table++) {
      StringBuilder sql = new StringBuilder("CREATE TABLE t_" + table + " (a int, b int);");
      for (int index = 1; index <= A_TABLE; index++) {
        sql.append("CREATE INDEX i_").append(table).append('_').append(index);
        sql.append(" ON t_").append(table).append(" (a, b);");
      }
      database.sql(sql.toString());
    }
    database.sql("ANALYZE");
  }

  private static List<Double> times(
      int runs, Taking taking, Map<String, Object> figures, String lines) throws SQLException {
    List<Double> seconds = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      long began = System.nanoTime();
      Fingerprint taken = taking.take();
      seconds.add((System.nanoTime() - began) / 1e9);
      figures.put(lines, taken.lines().size());
    }
    return seconds;
  }

  private static double median(List<Double> seconds) {
    List<Double> sorted = new ArrayList<>(seconds);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
