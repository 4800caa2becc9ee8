package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.Inverse;
import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.Meaning.AlterTable;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.Meaning.DropIndex;
import io.lockkeeper.section.ObjectChange;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.WayBack;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads what takes a statement back: looked up before it has its effect, finished right after it,
 * in its transaction. Each text is a part that is run in a transaction of its own.
 */
final class InverseReader {
  /** Where what was made cannot lose anything by being dropped is the author's word. */
  private final boolean losesData;

  InverseReader(boolean losesData) {
    this.losesData = losesData;
  }

  /** What was there before a statement; asked once more after it. */
  interface Before {
    Before NOTHING = connection -> List.of();

    /** Parts that take the statement back, in order. */
    List<String> after(Connection connection) throws SQLException;
  }

  Before before(Connection connection, Meaning meaning) throws SQLException {
    if (meaning instanceof CreateIndex index) {
      return created(connection, index);
    }
    if (meaning instanceof DropIndex drop) {
      List<String> parts = dropped(connection, drop);
      return after -> parts;
    }
    if (Inverse.wayBack(meaning) instanceof WayBack.Nothing) {
      return Before.NOTHING;
    }
    if (meaning instanceof AlterTable alter) {
      return new TableInverse(losesData).before(connection, alter);
    }
    if (meaning instanceof ObjectChange change) {
      return ObjectInverse.before(connection, change);
    }
    // Given by its author, and where he gave nothing the change goes forward only.
    return Before.NOTHING;
  }

  private static Before created(Connection connection, CreateIndex index) throws SQLException {
    boolean there = index.ifNotExists() && indexOf(connection, index).isPresent();
    return there
        ? Before.NOTHING
        : after -> {
          Optional<QualifiedName> table = Catalog.resolve(after, index.table());
          Optional<String> schema = table.flatMap(QualifiedName::schema);
          boolean parted = table.isPresent() && Catalog.partitioned(after, table.get());
          return List.of(
              parted
                  ? "DROP INDEX IF EXISTS " + new QualifiedName(schema, index.name()).sql()
                  : Inverse.dropIndex(schema, index.name()));
        };
  }

  private static Optional<FoundIndex> indexOf(Connection connection, CreateIndex index)
      throws SQLException {
    Optional<QualifiedName> table = Catalog.resolve(connection, index.table());
    return table.isEmpty()
        ? Optional.empty()
        : Catalog.find(connection, new QualifiedName(table.get().schema(), index.name()));
  }

  private static List<String> dropped(Connection connection, DropIndex drop) throws SQLException {
    List<String> parts = new ArrayList<>();
    for (QualifiedName index : drop.indexes()) {
      Optional<Long> oid = Former.oid(connection, "to_regclass(?)", index.sql());
      if (oid.isPresent()) {
        parts.addAll(FormerIndex.parts(connection, oid.get()));
      }
    }
    return parts;
  }
}
