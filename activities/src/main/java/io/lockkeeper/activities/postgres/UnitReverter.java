package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Evidence.Locks;
import io.lockkeeper.step.Evidence.UnitOutcome;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Takes one unit back, part by part, with the inverse that has stood in the ledger since it
 * started. A part is what commits together; what is done is told after each.
 */
record UnitReverter(Fence fence, LockGuard locks, IndexReverter indexes) {
  static UnitReverter of(Fence fence, LockGuard locks, String promotion) throws SQLException {
    Stood stood = Stood.of(fence, promotion);
    return new UnitReverter(fence, locks, new IndexReverter(fence, locks, stood));
  }

  /**
   * @param last of the section: only what is told after it waits for the disk, for the log is
   *     written in order. What of the rest is lost in a crash is taken back once more, which does
   *     no harm
   * @throws UnitFailure where something is in the way
   * @throws SQLException where a statement fails or the connection is lost
   */
  UnitOutcome revert(UnitRow row, boolean last) throws SQLException, UnitFailure {
    long began = System.nanoTime();
    Optional<Locks> locked = Optional.empty();
    int parts = row.inverse().size();
    for (int part = row.revertedParts(); part < parts; part++) {
      Optional<Locks> now = revert(row, part, last && part == parts - 1);
      locked = locked.isPresent() ? locked.map(before -> now.map(before::and).orElse(before)) : now;
    }
    if (row.revertedParts() >= parts) {
      // Nothing to take back, or all parts were done and the row not closed.
      fence.change(connection -> Ledger.reverted(connection, row, parts));
    }
    String outcome =
        row.adopted()
            ? "was there already, and stays"
            : parts == 0 ? "nothing to take back" : "taken back";
    return new UnitOutcome(
        row.unit(),
        row.title(),
        row.digest(),
        outcome,
        (System.nanoTime() - began) / 1e9,
        List.of(),
        locked);
  }

  private Optional<Locks> revert(UnitRow row, int part, boolean last)
      throws SQLException, UnitFailure {
    String inverse = row.inverse().get(part);
    Unit unit = only(Unit.read(inverse));
    Meaning meaning = unit.statements().get(0).meaning();
    if (meaning instanceof Meaning.DropIndex drop && drop.concurrently()) {
      Optional<Locks> locked = indexes.drop(row, drop);
      done(row, part, last);
      return locked;
    }
    if (meaning instanceof CreateIndex index && index.concurrently()) {
      Optional<Locks> locked = indexes.build(row, index, inverse);
      done(row, part, last);
      return locked;
    }
    if (unit.transactional()) {
      return Optional.of(
          locks.change(
              row.title(),
              unit.locks(),
              connection -> {
                Rows.execute(connection, inverse);
                Ledger.reverted(connection, row, part + 1);
              }));
    }
    Locks locked =
        locks.run(row.title(), unit.locks(), () -> Rows.execute(fence.connection(), inverse));
    done(row, part, last);
    return Optional.of(locked);
  }

  private static Unit only(List<Unit> units) throws SQLException {
    if (units.size() != 1) {
      throw new SQLException("a part of a way back is not one unit", "55000");
    }
    return units.get(0);
  }

  private void done(UnitRow row, int part, boolean last) throws SQLException {
    Fence.Change tells = connection -> Ledger.reverted(connection, row, part + 1);
    if (last) {
      fence.change(tells);
    } else {
      fence.intend(tells);
    }
  }
}
