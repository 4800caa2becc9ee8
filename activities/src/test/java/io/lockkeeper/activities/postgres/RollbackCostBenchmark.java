package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.json.Json;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What a rollback costs beside its statements: five of nine indexes are dropped by the engine, from
 * the ledger, and by {@code psql -f} of a script that somebody wrote, in pairs on the same tables.
 * {@code deploy/benchmarks/rollback-cost} runs it.
 */
@EnabledIfSystemProperty(named = "lockkeeper.benchmark", matches = ".+")
class RollbackCostBenchmark {
  private static final double LIMIT = 1.1;
  private static final int WARM_UP = 3;

  /** The first two sections of nine-indexes: three and two. */
  private static final List<String> SECTIONS =
      List.of(Changes.NINE_INDEXES[1], Changes.NINE_INDEXES[3]);

  @Test
  void fiveOfNine() throws IOException, InterruptedException {
    int pairs = Integer.getInteger("lockkeeper.pairs", 20);
    int rows = Integer.getInteger("lockkeeper.rows", 200_000);
    Random chance = new Random(Long.getLong("lockkeeper.seed", 1));
    List<Double> ours = new ArrayList<>();
    List<Double> psql = new ArrayList<>();
    try (Database database = Server.fresh()) {
      database.sql(Changes.TABLES);
      database.sql(
          "INSERT INTO stocks SELECT n, 'sector ' || n % 11, n, now() FROM generate_series(1, "
              + rows
              + ") n; INSERT INTO options_chains SELECT 's' || n, current_date, 'c', n % 100"
              + " FROM generate_series(1, "
              + rows
              + ") n");
      Path script = Files.createTempFile("rollback", ".sql");
      Files.writeString(script, byHand());
      for (int pair = -WARM_UP; pair < pairs; pair++) {
        boolean first = chance.nextBoolean();
        for (boolean engine : new boolean[] {first, !first}) {
          double seconds = engine ? byEngine(database, pair) : byPsql(database, script);
          if (pair >= 0) {
            (engine ? ours : psql).add(seconds);
          }
        }
      }
      Files.delete(script);
    }
    List<Double> ratios = new ArrayList<>();
    for (int pair = 0; pair < pairs; pair++) {
      ratios.add(ours.get(pair) / psql.get(pair));
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("pairs", pairs);
    figures.put("rows", rows);
    figures.put("ours_seconds", ours);
    figures.put("psql_seconds", psql);
    figures.put("ours_median_seconds", median(ours));
    figures.put("psql_median_seconds", median(psql));
    figures.put("ratio_median", median(ratios));
    figures.put("ratio_interval_95", interval(ratios));
    figures.put("limit", LIMIT);
    Files.writeString(Path.of(System.getProperty("lockkeeper.benchmark")), Json.text(figures));
    assertThat(median(ratios)).isLessThanOrEqualTo(LIMIT);
  }

  private static String byHand() {
    return String.join(
        "\n",
        Stream.of(
                "idx_options_chains_expiration_delta",
                "idx_options_chains_symbol_expiration",
                "idx_stocks_updated_at",
                "idx_stocks_sector_market_cap",
                "idx_stocks_sector")
            .map(index -> "DROP INDEX CONCURRENTLY IF EXISTS " + index + ";")
            .toList());
  }

  private static double byEngine(Database database, int pair) {
    Engine engine = Engine.granted(database, "nine-indexes-" + (pair + WARM_UP + 1));
    for (int section = 0; section < SECTIONS.size(); section++) {
      StepResult applied =
          new SectionRunner(database.target(), new Running())
              .apply(
                  engine.work("apply-" + section, 1),
                  Engine.CHANGE,
                  Pass.DEPLOY,
                  "section_" + section,
                  Unit.read(SECTIONS.get(section)),
                  List.of());
      assertThat(applied.verdict()).as(applied.sentence()).isEqualTo(Verdict.PASS);
    }
    List<Integer> order = new ArrayList<>(List.of(0, 1));
    Collections.reverse(order);
    settle(database);
    long began = System.nanoTime();
    for (int section : order) {
      StepResult reverted = engine.revert("section_" + section);
      assertThat(reverted.verdict()).as(reverted.sentence()).isEqualTo(Verdict.PASS);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    requireGone(database);
    engine.release(true);
    return seconds;
  }

  private static double byPsql(Database database, Path script)
      throws IOException, InterruptedException {
    SECTIONS.stream()
        .flatMap(section -> Stream.of(section.split(";")))
        .map(String::strip)
        .filter(statement -> !statement.isEmpty())
        .forEach(database::sql);
    settle(database);
    long began = System.nanoTime();
    Process process =
        new ProcessBuilder(
                "psql",
                "-X",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-f",
                script.toString(),
                "-h",
                "127.0.0.1",
                "-p",
                String.valueOf(Server.port()),
                "-U",
                "engine",
                database.name())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    int code = process.waitFor();
    double seconds = (System.nanoTime() - began) / 1e9;
    assertThat(code).isZero();
    requireGone(database);
    return seconds;
  }

  /** What was written before is on the disk, so that neither pays for it. */
  private static void settle(Database database) {
    database.asSuperuser("CHECKPOINT");
  }

  private static void requireGone(Database database) {
    assertThat(database.list("SELECT relname FROM pg_class WHERE relname LIKE 'idx_%'")).isEmpty();
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** Of the median, by order statistics: without a word about the distribution. */
  private static List<Double> interval(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int reach = (int) Math.ceil(1.96 * Math.sqrt(sorted.size()) / 2);
    int middle = sorted.size() / 2;
    return List.of(
        sorted.get(Math.max(0, middle - reach)),
        sorted.get(Math.min(sorted.size() - 1, middle + reach)));
  }
}
