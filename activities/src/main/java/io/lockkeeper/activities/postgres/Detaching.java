package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.UnitRow.State;
import io.lockkeeper.section.Meaning.AlterTable;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.TableAction.DetachPartition;
import io.lockkeeper.section.Unit;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * {@code DETACH PARTITION … CONCURRENTLY} (PostgreSQL 14+): one that is cut off leaves the
 * partition pending, seen by nobody and still attached. It is then brought to its end by {@code
 * FINALIZE}.
 */
final class Detaching {
  private static final String ATTACHED =
      """
      SELECT coalesce((to_jsonb(i) ->> 'inhdetachpending')::boolean, false) FROM pg_inherits i
      WHERE inhrelid = to_regclass(?) AND inhparent = to_regclass(?)
      """;

  private final UnitDesk desk;

  Detaching(UnitDesk desk) {
    this.desk = desk;
  }

  String run(Unit unit, AlterTable alter, Optional<UnitRow> row, Optional<List<String>> given)
      throws SQLException, UnitFailure {
    DetachPartition detach = (DetachPartition) alter.actions().get(0);
    boolean intended = row.filter(r -> r.state() == State.STARTED).isPresent();
    if (!intended) {
      start(unit, alter, given);
    }
    Optional<Boolean> pending = pending(alter, detach);
    if (intended && pending.isEmpty()) {
      return desk.finish(unit, UnitRunner.FOUND);
    }
    boolean finishes = intended && pending.filter(p -> p).isPresent();
    String sql =
        finishes
            ? "ALTER TABLE "
                + alter.table().sql()
                + " DETACH PARTITION "
                + detach.partition().sql()
                + " FINALIZE"
            : unit.statements().get(0).statement().text();
    try {
      desk.alone(unit, sql);
    } catch (SQLException e) {
      if (!SqlFailures.isConnection(e) && pending(alter, detach).filter(p -> !p).isPresent()) {
        desk.forget(unit);
        throw desk.failed(unit, e, "The partition is attached as before");
      }
      throw desk.failed(
          unit, e, "The partition may be half detached; retrying brings it to its end");
    }
    if (pending(alter, detach).isPresent()) {
      throw desk.endedOtherwise(unit, "the partition still attached");
    }
    return desk.finish(unit, finishes ? "run, brought to its end" : UnitRunner.RUN);
  }

  private void start(Unit unit, AlterTable alter, Optional<List<String>> given)
      throws SQLException {
    desk.fence()
        .change(
            connection -> {
              List<String> inverse =
                  given.isPresent()
                      ? given.get()
                      : new InverseReader(false).before(connection, alter).after(connection);
              desk.start(connection, unit, Optional.empty(), inverse);
            });
  }

  /** Whether a detach of it is pending; nothing where it is not attached. */
  private Optional<Boolean> pending(AlterTable alter, DetachPartition detach) throws SQLException {
    QualifiedName parent = alter.table();
    return desk.look(
        connection ->
            Rows.first(
                connection,
                ATTACHED,
                row -> row.getBoolean(1),
                detach.partition().sql(),
                parent.sql()));
  }
}
