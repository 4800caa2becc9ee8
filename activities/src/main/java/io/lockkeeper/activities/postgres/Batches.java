package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.UnitRow.State;
import io.lockkeeper.section.Unit;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A statement that runs again and again, a transaction each, until it changes no row. Each writes
 * into the ledger how far it has come in its own transaction, so none counts twice or is lost.
 */
final class Batches {
  private static final Duration SLICE = Duration.ofMillis(200);
  private static final Pause PACE =
      new Pause(
          "pausing between two batches",
          "what was done stands in the ledger",
          "It goes on by itself");

  private final UnitDesk desk;

  Batches(UnitDesk desk) {
    this.desk = desk;
  }

  /** What a batch has changed. */
  private static final class Changed {
    private long rows;
  }

  String run(Unit unit, Optional<UnitRow> row, Optional<List<String>> given)
      throws SQLException, UnitFailure {
    boolean begun = row.filter(r -> r.state() == State.STARTED).isPresent();
    String sql = unit.statements().get(0).statement().text();
    while (true) {
      long changed;
      try {
        changed = batch(unit, sql, begun, given);
      } catch (SQLException e) {
        throw desk.failed(unit, e, "The batches before it are done; retrying goes on after them");
      }
      begun = true;
      UnitRow now = desk.row(unit).orElseThrow();
      if (changed == 0) {
        return desk.finish(unit, outcome(now));
      }
      desk.running().beat(unit.title() + ": " + told(now));
      rest(desk.rules().pace());
    }
  }

  private long batch(Unit unit, String sql, boolean begun, Optional<List<String>> given)
      throws SQLException {
    Changed changed = new Changed();
    desk.change(
        unit,
        connection -> {
          if (!begun) {
            desk.start(connection, unit, Optional.empty(), given.orElse(List.of()));
          }
          changed.rows = desk.execute(connection, sql);
          if (changed.rows > 0) {
            desk.batch(connection, unit, changed.rows);
          }
        });
    return changed.rows;
  }

  private static String outcome(UnitRow row) {
    return "run in " + told(row);
  }

  private static String told(UnitRow row) {
    return row.batches()
        + (row.batches() == 1 ? " batch, " : " batches, ")
        + row.changedRows()
        + (row.changedRows() == 1 ? " row" : " rows");
  }

  /** Others get their turn; a stop is heard. */
  private void rest(Duration pace) {
    PACE.of(pace, SLICE, desk.running()::throwIfStopped);
  }
}
