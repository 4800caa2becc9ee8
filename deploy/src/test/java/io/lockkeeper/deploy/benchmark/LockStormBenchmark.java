package io.lockkeeper.deploy.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.deploy.benchmark.StormRun.Outcome;
import io.lockkeeper.deploy.fixture.Installation;
import io.lockkeeper.deploy.fixture.Sql;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether anybody stands behind us when a table is changed that somebody else holds: promotions of
 * a running installation, in the same run as psql, psql with a limit and a retry, and Flyway.
 * {@code deploy/benchmarks/lock-storm} runs it.
 */
@EnabledIfSystemProperty(named = "lockkeeper.benchmark", matches = ".+")
class LockStormBenchmark {
  private static final String OURS = "lockkeeper";
  private static final double WAIT_LIMIT_MS = 100;
  private static final int BLOCKED_LIMIT = 2;
  private static final double IN_PLACE_LIMIT = 5;
  private static final String APPLICATION = "storm_app";

  @TempDir private Path folder;

  /** What is to be run: ours through every pair of act and blocker, the others where it hurts. */
  private record Planned(String tool, Act act, Blocker blocker) {}

  @Test
  void lockStorm() throws SQLException, InterruptedException {
    long seed = Long.getLong("lockkeeper.seed", 1L);
    int hold = Figures.given("hold", 10);
    List<Planned> plan =
        plan(Figures.given("runs", 50), Figures.given("peer-runs", 3), new Random(seed));
    List<Outcome> outcomes = new ArrayList<>();
    try (Installation up = storm()) {
      table(up.target("dev"));
      Sql superuser = up.superuser("dev");
      Sql application = new Sql(superuser.url(), APPLICATION, APPLICATION);
      Map<String, Contender> contenders = contenders(up);
      for (Planned next : plan) {
        Contender contender = contenders.get(next.tool());
        StormRun run =
            new StormRun(
                next.tool(), contender, next.act(), next.blocker(), application, superuser);
        outcomes.add(run.run(hold, seed + outcomes.size()));
        Figures.write(figures(hold, outcomes));
      }
    }
    assertThat(outcomes.stream().filter(outcome -> outcome.tool().equals(OURS)))
        .allSatisfy(
            outcome -> {
              assertThat(outcome.outcome()).isEqualTo("0");
              assertThat(outcome.worstWait()).isLessThanOrEqualTo(WAIT_LIMIT_MS);
              assertThat(outcome.blockedMost()).isLessThanOrEqualTo(BLOCKED_LIMIT);
              assertThat(outcome.afterHolder()).isPresent();
              assertThat(outcome.afterHolder().orElseThrow()).isLessThanOrEqualTo(IN_PLACE_LIMIT);
            });
  }

  /** Its server allows prepared transactions. */
  private Installation storm() {
    Path data = folder.resolve("data");
    try (Installation once = Installation.up(data)) {
      once.superuser("dev").execute("ALTER SYSTEM SET max_prepared_transactions = 10");
      once.superuser("dev")
          .execute("CREATE ROLE " + APPLICATION + " LOGIN PASSWORD '" + APPLICATION + "'");
    }
    return Installation.up(data);
  }

  private static void table(Sql executor) {
    executor.execute(
        Traffic.SCHEMA
            + "GRANT SELECT, INSERT, UPDATE ON orders TO "
            + APPLICATION
            + "; CREATE POLICY everything ON orders TO "
            + APPLICATION
            + " USING (true) WITH CHECK (true)");
  }

  private Map<String, Contender> contenders(Installation up) {
    Sql executor = up.target("dev");
    return Map.of(
        OURS,
        new Contender.Lockkeeper(up, up.promotions().as("ana", "release-manager")),
        "psql",
        new Contender.Psql(executor, folder, false),
        "psql+retry",
        new Contender.Psql(executor, folder, true),
        "flyway",
        new Contender.FlywayMigrate(executor, folder));
  }

  private static List<Planned> plan(int runs, int peerRuns, Random random) {
    List<Planned> pairs = new ArrayList<>();
    for (Act act : Act.values()) {
      for (Blocker blocker : Blocker.values()) {
        pairs.add(new Planned(OURS, act, blocker));
      }
    }
    List<Planned> plan = new ArrayList<>();
    while (plan.size() < runs) {
      Collections.shuffle(pairs, random);
      plan.addAll(pairs.subList(0, Math.min(pairs.size(), runs - plan.size())));
    }
    for (int i = 0; i < peerRuns; i++) {
      for (String tool : List.of("psql", "psql+retry", "flyway")) {
        Act act = Act.values()[i % Act.values().length];
        plan.add(random.nextInt(plan.size() + 1), new Planned(tool, act, Blocker.IDLE_TRANSACTION));
      }
    }
    return plan;
  }

  private static Map<String, Object> figures(int hold, List<Outcome> outcomes) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("hold_seconds", hold);
    figures.put("arrivals_a_second", 300);
    figures.put("limits", "worst wait 100 ms, 2 blocked in any look, in place after 5 s");
    Map<String, List<Outcome>> byTool = new TreeMap<>();
    outcomes.forEach(o -> byTool.computeIfAbsent(o.tool(), t -> new ArrayList<>()).add(o));
    byTool.forEach((tool, all) -> figures.put(tool, summary(all)));
    figures.put("runs", outcomes.stream().map(Outcome::figures).toList());
    return figures;
  }

  private static Map<String, Object> summary(List<Outcome> outcomes) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("runs", outcomes.size());
    figures.put(
        "worst_wait_behind_tool_ms",
        Figures.rounded(Figures.worst(outcomes.stream().map(Outcome::worstWait).toList())));
    figures.put(
        "blocked_by_tool_most", outcomes.stream().mapToInt(Outcome::blockedMost).max().orElse(0));
    figures.put(
        "looks_with_over_two_blocked", outcomes.stream().mapToInt(Outcome::looksOverTwo).sum());
    figures.put(
        "in_place_after_blocker_worst_seconds",
        Figures.rounded(
            outcomes.stream().mapToDouble(o -> o.afterHolder().orElse(-1)).max().orElse(-1)));
    figures.put("not_in_place", outcomes.stream().filter(o -> o.afterHolder().isEmpty()).count());
    figures.put(
        "latency_during_max_ms",
        Figures.rounded(
            outcomes.stream()
                .flatMap(o -> o.during().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0)));
    return figures;
  }
}
