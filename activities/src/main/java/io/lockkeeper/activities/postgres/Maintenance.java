package io.lockkeeper.activities.postgres;

import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Vacuums and analyzes the tables of a change that was taken back: what the planner knows of them
 * is of before. Waits for nobody's lock, keeps nobody waiting, and tells what it had to leave out.
 */
public final class Maintenance {
  private static final String NONE = "no table to vacuum";

  private final Target target;
  private final Running running;

  public Maintenance(Target target, Running running) {
    this.target = target;
    this.running = running;
  }

  /** PASS, also where a table was left out: the sentence names it with the reason. */
  public StepResult run(Work work) {
    try {
      if (!Grants.known(target, work.promotion())) {
        return StepResult.pass(NONE);
      }
      List<String> tables = new TargetLedger(target).wayBack(work.promotion()).touched();
      return tables.isEmpty() ? StepResult.pass(NONE) : vacuum(work, tables);
    } catch (SQLException e) {
      throw SqlFailures.of("vacuuming after the rollback", target, e);
    }
  }

  private StepResult vacuum(Work work, List<String> tables) throws SQLException {
    long began = System.nanoTime();
    List<String> leftOut = new ArrayList<>();
    int done = 0;
    try (Fence fence = Fence.open(target, work, running)) {
      running.on(fence);
      for (String table : tables) {
        running.beat("VACUUM ANALYZE " + table);
        String why = vacuum(fence.connection(), table);
        if (why.isEmpty()) {
          done++;
        } else {
          leftOut.add(table + " (" + why + ")");
        }
      }
      fence.endsWell();
    }
    String sentence =
        String.format(
            Locale.ROOT,
            "%d table%s in %.1f s",
            done,
            done == 1 ? "" : "s",
            (System.nanoTime() - began) / 1e9);
    return StepResult.of(
        Verdict.PASS,
        leftOut.isEmpty() ? sentence : sentence + "; left out: " + String.join(", ", leftOut));
  }

  /** Why it was left out; empty where it was done. TRUNCATE would ask for the strongest lock. */
  private static String vacuum(Connection connection, String table) throws SQLException {
    boolean there =
        Rows.one(
            connection,
            "SELECT coalesce((SELECT relkind IN ('r', 'm', 'p') FROM pg_class"
                + " WHERE oid = to_regclass(?)), false)",
            row -> row.getBoolean(1),
            table);
    if (!there) {
      return "not there any more";
    }
    try (var statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute("VACUUM (ANALYZE, SKIP_LOCKED, TRUNCATE false) " + table);
      return statement.getWarnings() == null ? "" : SqlFailures.text(statement.getWarnings());
    } catch (SQLException e) {
      if (SqlFailures.isConnection(e)) {
        throw e;
      }
      return SqlFailures.text(e);
    }
  }
}
