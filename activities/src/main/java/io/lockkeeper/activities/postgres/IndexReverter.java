package io.lockkeeper.activities.postgres;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.section.Inverse;
import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.StatementReader;
import io.lockkeeper.step.Evidence.Locks;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Takes concurrent work on indexes back, which no transaction holds together: whatever an attempt
 * that was cut off left is recognised, and what somebody else made is not touched.
 */
record IndexReverter(Fence fence, LockGuard locks, Stood stood) {
  private static final int DROPS = 3;

  /** An index that a unit dropped is there again, valid and as it was; also half-dropped before. */
  Optional<Locks> build(UnitRow row, CreateIndex index, String sql)
      throws SQLException, UnitFailure {
    Optional<PlannedIndex> found = Catalog.plan(fence.connection(), index, sql);
    if (found.isEmpty()) {
      throw inTheWay(
          row,
          "build " + index.name() + " again",
          "its table " + index.table().text() + " is not there any more");
    }
    PlannedIndex planned = found.get();
    if (stands(planned)) {
      return Optional.empty();
    }
    dropLeftover(row, planned);
    Locks locked;
    try {
      locked = locks.run(row.title(), index.locks(), () -> Rows.execute(fence.connection(), sql));
    } catch (SQLException e) {
      if (!SqlFailures.isConnection(e)) {
        dropLeftover(row, planned);
      }
      throw e;
    }
    if (!stands(planned)) {
      dropLeftover(row, planned);
      throw new SQLException(
          "the catalog does not show " + planned.name().text() + " as a valid index", "55000");
    }
    return Optional.of(locked);
  }

  private boolean stands(PlannedIndex planned) throws SQLException {
    Optional<FoundIndex> there = look(planned.name());
    return there.isPresent() && there.get().valid() && Inspection.mayBeMeant(planned, there.get());
  }

  private void dropLeftover(UnitRow row, PlannedIndex planned) throws SQLException, UnitFailure {
    Optional<FoundIndex> there = look(planned.name());
    if (there.isEmpty()) {
      return;
    }
    if (!Inspection.leftover(planned, there.get())) {
      throw inTheWay(
          row,
          "build " + planned.name().text() + " again",
          Inspection.describe(planned, there.get()));
    }
    Rows.execute(
        fence.connection(), Inverse.dropIndex(planned.name().schema(), planned.name().name()));
  }

  private UnitFailure inTheWay(UnitRow row, String would, String found) {
    return new UnitFailure(
        FailureCode.INDEX_IN_THE_WAY,
        "taking section "
            + row.section()
            + " of "
            + fence.target().title()
            + " back would "
            + would
            + ", and "
            + found
            + ". This promotion did not make it, so it was not touched. Drop or rename it by"
            + " hand, then retry");
  }

  /** A concurrent drop that was cut off leaves the index: it is repeated until it is gone. */
  Optional<Locks> drop(UnitRow row, Meaning.DropIndex drop) throws SQLException, UnitFailure {
    Optional<Locks> locked = Optional.empty();
    for (QualifiedName written : drop.indexes()) {
      QualifiedName name = resolve(row, written);
      if (stood.has(name)) {
        continue;
      }
      Optional<FoundIndex> found = look(name);
      refuseStrange(row, name, found);
      for (int tries = 1; found.isPresent(); tries++) {
        if (tries > DROPS) {
          throw new SQLException(name.text() + " is still there after " + DROPS + " drops");
        }
        String sql = "DROP INDEX CONCURRENTLY IF EXISTS " + name.sql();
        locked =
            Optional.of(
                locks.run(row.title(), drop.locks(), () -> Rows.execute(fence.connection(), sql)));
        found = look(name);
      }
    }
    return locked;
  }

  private QualifiedName resolve(UnitRow row, QualifiedName written) throws SQLException {
    Optional<QualifiedName> made =
        row.object().filter(object -> object.name().equals(written.name()));
    return Catalog.resolve(fence.connection(), written).or(() -> made).orElse(written);
  }

  /** Between intent and build somebody else may have made an index of that name. */
  private void refuseStrange(UnitRow row, QualifiedName name, Optional<FoundIndex> found)
      throws SQLException, UnitFailure {
    if (found.isEmpty() || row.definition().isEmpty() || !row.object().equals(Optional.of(name))) {
      return;
    }
    String definition = row.definition().get();
    CreateIndex written = StatementReader.readDefinition(definition);
    if (found.get().index() && Inspection.asWritten(written, name, found.get())) {
      return;
    }
    Optional<PlannedIndex> planned = Catalog.plan(fence.connection(), written, definition);
    if (planned.isPresent()
        && !(found.get().index() && Inspection.mayBeMeant(planned.get(), found.get()))) {
      throw inTheWay(row, "drop " + name.text(), Inspection.describe(planned.get(), found.get()));
    }
  }

  private Optional<FoundIndex> look(QualifiedName name) throws SQLException {
    return fence.target().read(connection -> Catalog.find(connection, name));
  }
}
