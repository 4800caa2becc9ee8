package io.lockkeeper.deploy.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Installation;
import io.lockkeeper.deploy.fixture.Promotions;
import io.lockkeeper.deploy.fixture.RealTemporal;
import io.lockkeeper.deploy.fixture.ServerLog.Ran;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.section.Script;
import io.lockkeeper.section.Statement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Lockkeeper costs beside the statements themselves: the nine builds of the Magnus example, a
 * section each, from the first section's start to the last one's end by the journal, against {@code
 * psql -f} of the same file, in pairs, on the same server and database. {@code
 * deploy/benchmarks/own-cost} runs it.
 */
@EnabledIfSystemProperty(named = "lockkeeper.benchmark", matches = ".+")
class OwnCostBenchmark {
  private static final String BUILD = "CREATE INDEX CONCURRENTLY";
  private static final int BUILDS = 9;
  private static final int WARM_UP = 2;
  private static final double MORE_LIMIT = 2;
  private static final double SHARE_LIMIT = 0.03;
  private static final double SECONDS_LIMIT = 1;

  /** Of the example's fixture at scale 1. */
  private static final double FIXTURE_ROWS = 1_600_000;

  private static final Path MAGNUS = RealTemporal.home().resolve("deploy/examples/magnus");

  @TempDir private Path folder;
  private final List<String> statements = new ArrayList<>();
  private Installation installation;
  private ServerClient manager;
  private String change;
  private long read;
  private String last = "";

  /** One pair: what psql needed, what we needed, and how much of that the server worked. */
  private record Pair(double psql, double ours, double statements, double psqlStatements) {
    double more() {
      return ours - psql;
    }

    double ratio() {
      return ours / psql;
    }

    double outside() {
      return ours - statements;
    }

    double outsideLimit() {
      return SHARE_LIMIT * statements + SECONDS_LIMIT;
    }
  }

  @Test
  void nineBuilds() throws IOException, SQLException, InterruptedException {
    readStatements();
    Map<String, Object> figures = new LinkedHashMap<>();
    int emptyPairs = Figures.given("empty-pairs", 20);
    int rowsPairs = Figures.given("pairs", 20);
    int rows = Figures.given("rows", 2_000_000);
    try (Installation up = Installation.up(folder.resolve("data"))) {
      installation = up;
      // Both sides are executed by this role: its statements are logged with what they took.
      up.superuser("dev").execute("ALTER ROLE lk_exec SET log_min_duration_statement = 0");
      manager = up.promotions().as("ana", "release-manager");
      change = up.promotions().push(bundle());
      load(0);
      pairs(WARM_UP);
      List<Pair> empty = pairs(emptyPairs);
      Map<String, Object> onEmpty = empty(empty);
      onEmpty.put("seconds_of_the_last", profile());
      figures.put("empty", onEmpty);
      load(rows);
      List<Pair> full = rowsPairs == 0 ? List.of() : pairs(rowsPairs);
      if (!full.isEmpty()) {
        Map<String, Object> onRows = full(rows, full);
        onRows.put("seconds_of_the_last", profile());
        figures.put("rows", onRows);
      }
      Figures.write(figures);
      assertThat(Figures.median(empty.stream().map(Pair::more).toList()))
          .as("seconds more than psql on empty tables")
          .isLessThanOrEqualTo(MORE_LIMIT);
      assertThat(full)
          .as("seconds outside the statements")
          .allMatch(pair -> pair.outside() <= pair.outsideLimit());
    }
  }

  private static Map<String, Object> empty(List<Pair> pairs) {
    Map<String, Object> figures = figures(pairs);
    List<Double> more = pairs.stream().map(Pair::more).toList();
    figures.put("more_seconds", Figures.rounded(more));
    figures.put("more_median", Figures.rounded(Figures.median(more)));
    figures.put("more_95_percent_interval", Figures.medianInterval(more, seed()));
    figures.put("more_worst", Figures.rounded(Figures.worst(more)));
    figures.put("more_limit", MORE_LIMIT);
    return figures;
  }

  private static Map<String, Object> full(int rows, List<Pair> pairs) {
    Map<String, Object> figures = figures(pairs);
    List<Double> ratios = pairs.stream().map(Pair::ratio).toList();
    List<Double> outside = pairs.stream().map(Pair::outside).toList();
    figures.put("rows", rows);
    figures.put("outside_seconds", Figures.rounded(outside));
    figures.put("outside_limits", Figures.rounded(pairs.stream().map(Pair::outsideLimit).toList()));
    figures.put("outside_median", Figures.rounded(Figures.median(outside)));
    figures.put("outside_worst", Figures.rounded(Figures.worst(outside)));
    figures.put("ratio_median", Figures.rounded(Figures.median(ratios)));
    figures.put("ratio_95_percent_interval", Figures.medianInterval(ratios, seed()));
    figures.put(
        "statements_with_analyze_ratio_median",
        Figures.rounded(
            Figures.median(pairs.stream().map(p -> p.statements() / p.psqlStatements()).toList())));
    return figures;
  }

  private static Map<String, Object> figures(List<Pair> pairs) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("pairs", pairs.size());
    figures.put("psql_seconds", Figures.rounded(pairs.stream().map(Pair::psql).toList()));
    figures.put("lockkeeper_seconds", Figures.rounded(pairs.stream().map(Pair::ours).toList()));
    figures.put(
        "statement_seconds", Figures.rounded(pairs.stream().map(Pair::statements).toList()));
    figures.put("interval", "percentile bootstrap of the median, 10,000 resamples");
    return figures;
  }

  private List<Pair> pairs(int count) throws IOException, SQLException, InterruptedException {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean first = i % 2 == 0;
      double before = first ? psql() : 0;
      double psqlStatements = first ? logged() : 0;
      double ours = promote();
      double statementSeconds = logged();
      pairs.add(
          new Pair(
              first ? before : psql(), ours, statementSeconds, first ? psqlStatements : logged()));
    }
    return pairs;
  }

  private double psql() throws IOException, SQLException, InterruptedException {
    prepare();
    Sql target = installation.target("dev");
    Path script = folder.resolve("nine.sql");
    Files.writeString(script, String.join(";\n", statements) + ";\n");
    ProcessBuilder builder =
        new ProcessBuilder(
                "psql",
                target.url().substring("jdbc:".length()),
                "-U",
                target.user(),
                "-X",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-f",
                script.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("psql.log").toFile());
    builder.environment().put("PGPASSWORD", target.password());
    long began = System.nanoTime();
    assertThat(builder.start().waitFor()).isZero();
    return (System.nanoTime() - began) / 1e9;
  }

  private double promote() throws SQLException {
    prepare();
    Promotions promotions = installation.promotions();
    String id = promotions.start(manager, change, Map.of());
    last = id;
    assertThat(promotions.ended(id).path("status").asText()).isEqualTo("COMPLETE");
    Instant first = Instant.MAX;
    Instant last = Instant.MIN;
    for (JsonNode entry : promotions.journal(id)) {
      if (entry.path("event").path("step").asText().startsWith("apply-")) {
        Instant at = Instant.parse(entry.path("at").asText());
        first = at.isBefore(first) ? at : first;
        last = at.isAfter(last) ? at : last;
      }
    }
    return Duration.between(first, last).toNanos() / 1e9;
  }

  /** By the history, which is exported a moment after the promotion has ended. */
  private Map<String, Double> profile() {
    return HistoryProfile.of(
        Await.until(
                "the history is exported",
                () ->
                    installation.promotions().client().get("/promotions/" + last + "/history.json"),
                answer -> answer.good())
            .json());
  }

  /**
   * What the server says the statements took since it was asked last: the builds, and the ANALYZE
   * of touched tables that a promotion ends its sections with and the script has not.
   */
  private double logged() {
    long from = read;
    read = installation.log().size();
    List<Ran> builds = installation.log().ran(BUILD, from);
    assertThat(builds).hasSize(BUILDS).allMatch(Ran::completed);
    return seconds(builds.stream())
        + seconds(
            installation.log().ran("ANALYZE ", from).stream()
                .filter(ran -> ran.application().startsWith("lk/")));
  }

  private static double seconds(Stream<Ran> ran) {
    return ran.mapToDouble(one -> one.seconds().orElseThrow()).sum();
  }

  /** The same start for both: no index, nothing to be written by a checkpoint. */
  private void prepare() throws SQLException {
    try (Connection connection = installation.superuser("dev").connect();
        java.sql.Statement sql = connection.createStatement()) {
      for (String statement : statements) {
        sql.execute("DROP INDEX IF EXISTS " + index(statement));
      }
      sql.execute("CHECKPOINT");
    }
  }

  private static String index(String statement) {
    return statement.split("\\s+")[3];
  }

  private void load(int rows) throws IOException, SQLException {
    try (Connection connection = installation.target("dev").connect();
        java.sql.Statement sql = connection.createStatement()) {
      sql.setEscapeProcessing(false);
      sql.execute(
          "DROP TABLE IF EXISTS stocks, options_chains, positions, kalshi_markets, nfl_games");
      sql.execute("SET fixture.scale = '" + rows / FIXTURE_ROWS + "'");
      for (Statement one : Script.split(Files.readString(MAGNUS.resolve("fixture.sql"), UTF_8))) {
        sql.execute(one.text().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"));
      }
      if (rows == 0) {
        sql.execute("TRUNCATE stocks, options_chains, positions, kalshi_markets, nfl_games");
      }
      // Else autovacuum would do it beside the first pairs.
      sql.execute("VACUUM (FREEZE, ANALYZE)");
    }
  }

  private void readStatements() throws IOException {
    try (var files = Files.list(MAGNUS.resolve("sql"))) {
      for (Path file : files.sorted().toList()) {
        Script.split(Files.readString(file, UTF_8)).stream()
            .map(Statement::text)
            .filter(text -> text.startsWith(BUILD))
            .forEach(statements::add);
      }
    }
    assertThat(statements).hasSize(BUILDS);
  }

  /** One section a statement, one environment, nothing measured before or after. */
  private byte[] bundle() {
    List<String> files = new ArrayList<>();
    for (int i = 0; i < statements.size(); i++) {
      files.add("sql/" + (i + 1) + "0_" + index(statements.get(i)) + ".sql");
      files.add(statements.get(i) + ";");
    }
    return Change.of(
        "change: own-cost\nwhy: nine builds\nrisk: low\nthrough: [dev: { rehearse: false }]\n",
        files.toArray(String[]::new));
  }

  private static long seed() {
    return Long.getLong("lockkeeper.seed", 1L);
  }
}
