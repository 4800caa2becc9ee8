package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Fence;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Succession;
import io.lockkeeper.activities.postgres.Succession.State;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.postgres.Work;
import io.lockkeeper.section.QualifiedName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What a restore left beside that was begun and given up. It is dropped where the ledger proves
 * that it is ours: it was begun under that name, which nobody had then, and what was compared has
 * the oid that was written down. All else is told with the command that ends it.
 */
public record GivenUp(Target target, Running running) {

  /**
   * Drops what a promotion left, once nothing of it runs any more. A second call finds nothing.
   *
   * @return what was dropped and what stays, a sentence each; empty where there was nothing
   */
  public List<String> clear(Work work) throws SQLException {
    List<Succession.Row> rows = Succession.of(target, work.promotion());
    List<String> told = new ArrayList<>();
    for (String name :
        new TreeSet<>(
            rows.stream().filter(GivenUp::unfinished).map(Succession.Row::newName).toList())) {
      Optional<Long> there = oid(name);
      if (there.isPresent()) {
        told.add(ours(rows, name, there.get()) ? drop(work, name) : stays(name, "it is not ours"));
      }
    }
    return told;
  }

  /** Of promotions that hold the target no more: each with the command that drops it. */
  public List<String> left() throws SQLException {
    List<String> left = new ArrayList<>();
    String holder = new TargetLedger(target).holder().orElse("");
    for (Succession.Row row : Succession.all(target)) {
      if (unfinished(row) && !row.promotion().equals(holder) && oid(row.newName()).isPresent()) {
        left.add(
            stays(
                row.newName(),
                "a restore of "
                    + row.promotion()
                    + " did not end; only if lockkeeper status shows that no rollback of it is on"));
      }
    }
    return left;
  }

  /** Databases from before a restore, or that were swapped out again: somebody may need them. */
  public List<String> kept() throws SQLException {
    List<String> kept = new ArrayList<>();
    for (Succession.Row row : Succession.all(target)) {
      DatabaseNames names = DatabaseNames.of(target.database(), row.promotion());
      String name = row.state() == State.UNDONE ? names.restored() : row.oldName();
      if (!unfinished(row) && oid(name).isPresent()) {
        kept.add(stays(name, "from the rollback of " + row.promotion()));
      }
    }
    return kept;
  }

  private static boolean unfinished(Succession.Row row) {
    return row.state() == State.BEGUN || row.state() == State.COMPARED;
  }

  private static boolean ours(List<Succession.Row> rows, String name, long oid) {
    return rows.stream()
        .filter(row -> unfinished(row) && row.newName().equals(name))
        .anyMatch(row -> row.state() == State.BEGUN || row.newOid() == oid);
  }

  private String drop(Work work, String name) throws SQLException {
    try (Fence fence = Fence.open(target, work, running)) {
      running.on(fence);
      Statements.dropDatabase(fence.connection(), name);
      return name + ", which was restored beside, is dropped";
    } catch (SQLException e) {
      if (SqlFailures.isConnection(e)) {
        throw e;
      }
      return stays(name, SqlFailures.text(e));
    }
  }

  private static String stays(String name, String why) {
    return "the database "
        + name
        + " stays ("
        + why
        + "): DROP DATABASE "
        + QualifiedName.quote(name);
  }

  private Optional<Long> oid(String name) throws SQLException {
    return target.read(connection -> Statements.oid(connection, name));
  }
}
