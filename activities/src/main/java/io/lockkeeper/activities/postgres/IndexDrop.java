package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.UnitRow.State;
import io.lockkeeper.section.Meaning.DropIndex;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.Unit;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * {@code DROP INDEX CONCURRENTLY}: repeated until the very index is gone that was there when the
 * unit started. One that is cut off leaves it INVALID, and every write still feeds it; one whose
 * answer was lost is done. Another index that somebody makes under that name meanwhile is not
 * touched.
 */
final class IndexDrop {
  private static final int TRIES = 3;
  private static final String GONE = "found already dropped";

  private final UnitDesk desk;

  IndexDrop(UnitDesk desk) {
    this.desk = desk;
  }

  String run(Unit unit, DropIndex drop, Optional<UnitRow> row, Optional<List<String>> given)
      throws SQLException, UnitFailure {
    boolean intended = row.filter(r -> r.state() == State.STARTED).isPresent();
    Optional<Long> oid = intended ? row.flatMap(UnitRow::oid) : start(unit, drop, given);
    if (oid.isEmpty()) {
      return absent(unit, drop, intended);
    }
    if (intended && name(oid.get()).isEmpty()) {
      return desk.finish(unit, GONE);
    }
    for (int tries = 1; tries <= TRIES; tries++) {
      Optional<QualifiedName> name = name(oid.get());
      if (name.isEmpty()) {
        return desk.finish(unit, UnitRunner.RUN);
      }
      drop(unit, drop, name.get());
    }
    if (name(oid.get()).isEmpty()) {
      return desk.finish(unit, UnitRunner.RUN);
    }
    throw desk.endedOtherwise(unit, "the index still, after " + TRIES + " drops");
  }

  /** With what builds it again, before it is touched. */
  private Optional<Long> start(Unit unit, DropIndex drop, Optional<List<String>> given)
      throws SQLException {
    return desk.fence()
        .transaction(
            connection -> {
              QualifiedName name = drop.indexes().get(0);
              Optional<Long> oid = Former.oid(connection, "to_regclass(?)", name.sql());
              List<String> inverse =
                  given.isPresent()
                      ? given.get()
                      : new InverseReader(false).before(connection, drop).after(connection);
              desk.start(connection, unit, Optional.empty(), inverse);
              desk.found(connection, unit, oid, List.of());
              return oid;
            });
  }

  /** Nothing of that name: with IF EXISTS that is what was wanted, else the server says so. */
  private String absent(Unit unit, DropIndex drop, boolean intended)
      throws SQLException, UnitFailure {
    if (!drop.ifExists()) {
      try {
        desk.alone(unit, unit.statements().get(0).statement().text());
      } catch (SQLException e) {
        if (!SqlFailures.isConnection(e)) {
          desk.forget(unit);
        }
        throw desk.failed(unit, e, "Nothing was dropped");
      }
    }
    return desk.finish(unit, intended ? GONE : "was not there");
  }

  private void drop(Unit unit, DropIndex drop, QualifiedName name)
      throws SQLException, UnitFailure {
    if (!drop.indexes().get(0).name().equals(name.name())) {
      throw desk.inTheWay(
          unit,
          "drop " + drop.indexes().get(0).text(),
          "that index is called " + name.text() + " now");
    }
    try {
      desk.alone(unit, "DROP INDEX CONCURRENTLY IF EXISTS " + name.sql());
    } catch (SQLException e) {
      throw desk.failed(
          unit,
          e,
          "The index may be there and INVALID; retrying goes on with it, a rollback builds"
              + " it again");
    }
  }

  private Optional<QualifiedName> name(long oid) throws SQLException {
    return desk.look(connection -> Catalog.name(connection, oid));
  }
}
