package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.LockMode;
import io.lockkeeper.section.LockUse;
import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Strong locks that a unit takes, as far as {@code LOCK TABLE} can take them before: on tables that
 * are there and that we may lock. For an index its table stands. Views are left to the statement:
 * {@code LOCK TABLE} would lock all tables below them too.
 *
 * @param tables each once, with the strongest mode that is wished, in the order of their names
 * @param other whether the unit may wait for a strong lock beside these
 */
record LockPlan(List<Wanted> tables, boolean other) {
  private static final String TABLE =
      """
      SELECT c.oid::bigint, format('%I.%I', n.nspname, c.relname),
        c.relkind IN ('r', 'p') AND (has_table_privilege(c.oid, 'UPDATE')
          OR has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE'))
      FROM (SELECT to_regclass(?)::oid AS named) AS r
      JOIN pg_class c ON c.oid = coalesce(
        (SELECT indrelid FROM pg_index WHERE indexrelid = r.named), r.named)
      JOIN pg_namespace n ON n.oid = c.relnamespace
      """;

  /** A table to be locked. */
  record Wanted(long oid, String name, LockMode mode) {
    String text() {
      return mode.text() + " on " + name;
    }
  }

  LockPlan {
    tables = List.copyOf(tables);
  }

  /** By the names as they mean in this session now. */
  static LockPlan of(Connection connection, List<LockUse> uses) throws SQLException {
    Map<String, Wanted> wanted = new TreeMap<>();
    // Nothing is known of a statement that names no relation.
    boolean other = uses.isEmpty();
    for (LockUse use : uses) {
      if (!use.mode().strong()) {
        continue;
      }
      Optional<Wanted> table = table(connection, use.relation(), use.mode());
      other |= table.isEmpty();
      table.ifPresent(t -> wanted.merge(t.name(), t, LockPlan::stronger));
    }
    return new LockPlan(new ArrayList<>(wanted.values()), other);
  }

  String text() {
    return tables.isEmpty()
        ? "its locks"
        : String.join(", ", tables.stream().map(Wanted::text).toList());
  }

  private static Wanted stronger(Wanted one, Wanted other) {
    return one.mode().compareTo(other.mode()) >= 0 ? one : other;
  }

  private static Optional<Wanted> table(Connection connection, QualifiedName name, LockMode mode)
      throws SQLException {
    return Rows.first(
            connection,
            TABLE,
            row ->
                row.getBoolean(3)
                    ? Optional.of(new Wanted(row.getLong(1), row.getString(2), mode))
                    : Optional.<Wanted>empty(),
            name.sql())
        .flatMap(found -> found);
  }
}
