package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.InverseReader.Before;
import io.lockkeeper.section.Meaning.AlterTable;
import io.lockkeeper.section.ObjectKind;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.TableAction;
import io.lockkeeper.section.TableAction.AddColumn;
import io.lockkeeper.section.TableAction.AddConstraint;
import io.lockkeeper.section.TableAction.AttachPartition;
import io.lockkeeper.section.TableAction.ClusterOn;
import io.lockkeeper.section.TableAction.ColumnDefault;
import io.lockkeeper.section.TableAction.ColumnSetting;
import io.lockkeeper.section.TableAction.ColumnStatistics;
import io.lockkeeper.section.TableAction.DetachPartition;
import io.lockkeeper.section.TableAction.DropConstraint;
import io.lockkeeper.section.TableAction.DropNotNull;
import io.lockkeeper.section.TableAction.Inherit;
import io.lockkeeper.section.TableAction.Owner;
import io.lockkeeper.section.TableAction.Rename;
import io.lockkeeper.section.TableAction.RenamePart;
import io.lockkeeper.section.TableAction.ReplicaIdentity;
import io.lockkeeper.section.TableAction.RowSecurity;
import io.lockkeeper.section.TableAction.SetNotNull;
import io.lockkeeper.section.TableAction.SetSchema;
import io.lockkeeper.section.TableAction.Storage;
import io.lockkeeper.section.TableAction.TriggerSwitch;
import io.lockkeeper.section.TableAction.ValidateConstraint;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What takes {@code ALTER TABLE} back, action by action, the last one first. A column that it adds
 * stays, without default and NOT NULL, unless the section says that data may be lost.
 */
final class TableInverse {
  private final boolean losesData;

  TableInverse(boolean losesData) {
    this.losesData = losesData;
  }

  /** An altered relation. */
  private record Altered(Connection connection, long oid, ObjectKind of, QualifiedName name) {
    /** The same relation under another name. */
    Altered called(QualifiedName other) {
      return new Altered(connection, oid, of, other);
    }

    String change(String action) {
      return "ALTER " + of.sql() + " " + name.sql() + " " + action;
    }

    /** A statement with the relation's oid as its first value. */
    List<String> texts(String sql, Object... values) throws SQLException {
      List<Object> all = new ArrayList<>(List.of(oid));
      all.addAll(List.of(values));
      return Former.texts(connection, sql, all.toArray());
    }
  }

  Before before(Connection connection, AlterTable alter) throws SQLException {
    Optional<Long> oid = Former.oid(connection, "to_regclass(?)", alter.table().sql());
    if (oid.isEmpty()) {
      return Before.NOTHING;
    }
    QualifiedName name = Catalog.resolve(connection, alter.table()).orElseThrow();
    Altered altered = new Altered(connection, oid.get(), alter.of(), name);
    List<Before> actions = new ArrayList<>();
    for (TableAction action : alter.actions()) {
      actions.add(action(altered, action));
    }
    Before constraints = constraints(altered, alter);
    return after -> {
      List<String> parts = new ArrayList<>(constraints.after(after));
      List<Before> last = new ArrayList<>(actions);
      Collections.reverse(last);
      for (Before action : last) {
        parts.addAll(action.after(after));
      }
      return parts;
    };
  }

  private Before action(Altered altered, TableAction action) throws SQLException {
    if (action instanceof AddColumn add) {
      return column(altered, add);
    }
    if (action instanceof AddConstraint add) {
      return usedIndex(altered, add);
    }
    if (action instanceof AttachPartition attach) {
      QualifiedName partition = resolved(altered, attach.partition());
      return after -> List.of(altered.change("DETACH PARTITION " + partition.sql()));
    }
    if (action instanceof Rename rename) {
      QualifiedName name = new QualifiedName(altered.name().schema(), rename.to());
      return after ->
          List.of(altered.called(name).change("RENAME TO " + quoted(altered.name().name())));
    }
    if (action instanceof SetSchema moved) {
      QualifiedName name = QualifiedName.of(moved.schema(), altered.name().name());
      return after ->
          List.of(
              altered
                  .called(name)
                  .change("SET SCHEMA " + quoted(altered.name().schema().orElseThrow())));
    }
    if (action instanceof RenamePart part) {
      return after ->
          List.of(
              altered.change(
                  "RENAME "
                      + (part.column() ? "COLUMN " : "CONSTRAINT ")
                      + quoted(part.to())
                      + " TO "
                      + quoted(part.from())));
    }
    List<String> former = former(altered, action);
    return after -> former;
  }

  /** Parts that put back what was there, told before. */
  private static List<String> former(Altered altered, TableAction action) throws SQLException {
    if (action instanceof ColumnDefault value) {
      return changes(altered, defaultOf(altered, value.column()));
    }
    if (action instanceof SetNotNull set) {
      return nullable(altered, set.column())
          ? List.of(altered.change("ALTER COLUMN " + quoted(set.column()) + " DROP NOT NULL"))
          : List.of();
    }
    if (action instanceof DropNotNull dropped) {
      return notNull(altered, dropped.column());
    }
    if (action instanceof ColumnStatistics statistics) {
      return changes(
          altered,
          FormerColumn.statistics(altered.connection(), altered.oid(), statistics.column()));
    }
    if (action instanceof ColumnSetting setting) {
      return changes(
          altered,
          setting.options()
              ? FormerColumn.options(altered.connection(), altered.oid(), setting.column())
              : FormerColumn.storage(altered.connection(), altered.oid(), setting.column()));
    }
    if (action instanceof ReplicaIdentity) {
      return changes(altered, replicaIdentity(altered));
    }
    if (action instanceof ValidateConstraint validate) {
      return validated(altered, validate.name());
    }
    if (action instanceof DropConstraint drop) {
      return constraint(altered, drop.name());
    }
    if (action instanceof RowSecurity security) {
      return rowSecurity(altered, security);
    }
    if (action instanceof TriggerSwitch trigger) {
      return triggers(altered, trigger);
    }
    if (action instanceof Owner) {
      return changes(
          altered,
          altered.texts(
              "SELECT format('OWNER TO %I', pg_get_userbyid(relowner)) FROM pg_class WHERE oid = ?"));
    }
    if (action instanceof DetachPartition detach) {
      return bounds(altered, detach.partition());
    }
    if (action instanceof Storage storage) {
      return storage(altered, storage);
    }
    if (action instanceof ClusterOn) {
      return clustered(altered);
    }
    if (action instanceof Inherit inherit) {
      return inherits(altered, inherit);
    }
    // All others must be given.
    return List.of();
  }

  private static List<String> changes(Altered altered, List<String> actions) {
    return actions.stream().map(altered::change).toList();
  }

  private static String quoted(String name) {
    return QualifiedName.quote(name);
  }

  private static QualifiedName resolved(Altered altered, QualifiedName written)
      throws SQLException {
    return Catalog.resolve(altered.connection(), written).orElse(written);
  }

  /** A column that was there already is no column that it adds. */
  private Before column(Altered altered, AddColumn add) throws SQLException {
    boolean there =
        !altered
            .texts(
                "SELECT attname FROM pg_attribute WHERE attrelid = ? AND attname = ? AND NOT"
                    + " attisdropped",
                add.column())
            .isEmpty();
    if (there) {
      return Before.NOTHING;
    }
    String column = quoted(add.column());
    return losesData
        ? after -> List.of(altered.change("DROP COLUMN IF EXISTS " + column))
        : after -> loosened(after, altered, add.column());
  }

  /** So that whoever does not know the column can go on writing rows. */
  private static List<String> loosened(Connection after, Altered altered, String column)
      throws SQLException {
    List<String> actions =
        Former.texts(
            after,
            """
            SELECT action FROM pg_attribute a, LATERAL (VALUES
              (1, attidentity <> '', 'DROP IDENTITY IF EXISTS'),
              (2, attnotnull, 'DROP NOT NULL'),
              (3, atthasdef AND attgenerated = '', 'DROP DEFAULT')) AS v (place, needed, action)
            WHERE attrelid = ? AND attname = ? AND needed ORDER BY place
            """,
            altered.oid(),
            column);
    return actions.isEmpty()
        ? List.of()
        : List.of(
            altered.change(
                String.join(
                    ", ",
                    actions.stream()
                        .map(action -> "ALTER COLUMN " + quoted(column) + " " + action)
                        .toList())));
  }

  /** Constraints that are there after it and were not before, whoever named them. */
  private static Before constraints(Altered altered, AlterTable alter) throws SQLException {
    boolean makes =
        alter.actions().stream()
            .anyMatch(a -> a instanceof AddConstraint || a instanceof AddColumn);
    if (!makes) {
      return Before.NOTHING;
    }
    String all = "SELECT conname FROM pg_constraint WHERE conrelid = ? ORDER BY oid DESC";
    List<String> before = altered.texts(all);
    List<String> nullable = FormerColumn.nullable(altered.connection(), altered.oid());
    return after -> {
      List<String> made = new ArrayList<>(Former.texts(after, all, altered.oid()));
      made.removeAll(before);
      List<String> parts =
          new ArrayList<>(
              made.stream()
                  .map(name -> altered.change("DROP CONSTRAINT IF EXISTS " + quoted(name)))
                  .toList());
      // A primary key makes its columns NOT NULL, and leaves them so when it goes.
      List<String> filled = new ArrayList<>(nullable);
      filled.removeAll(FormerColumn.nullable(after, altered.oid()));
      filled.forEach(
          column -> parts.add(altered.change("ALTER COLUMN " + quoted(column) + " DROP NOT NULL")));
      return parts;
    };
  }

  /** An index that becomes a constraint's goes with it; it is built again under its own name. */
  private static Before usedIndex(Altered altered, AddConstraint add) throws SQLException {
    if (add.usingIndex().isEmpty()) {
      return Before.NOTHING;
    }
    QualifiedName name = new QualifiedName(altered.name().schema(), add.usingIndex().get());
    Optional<Long> oid = Former.oid(altered.connection(), "to_regclass(?)", name.sql());
    List<String> parts =
        oid.isPresent() ? FormerIndex.parts(altered.connection(), oid.get()) : List.<String>of();
    return after -> parts;
  }

  private static List<String> defaultOf(Altered altered, String column) throws SQLException {
    return altered.texts(
        """
        SELECT format('ALTER COLUMN %I ', attname)
          || coalesce('SET DEFAULT ' || pg_get_expr(adbin, adrelid), 'DROP DEFAULT')
        FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE attrelid = ? AND attname = ? AND attgenerated = ''
        """,
        column);
  }

  private static boolean nullable(Altered altered, String column) throws SQLException {
    return !altered
        .texts(
            "SELECT attname FROM pg_attribute WHERE attrelid = ? AND attname = ? AND NOT attnotnull",
            column)
        .isEmpty();
  }

  /** By a check that is validated beside the traffic, so that SET NOT NULL reads nothing (12+). */
  private static List<String> notNull(Altered altered, String column) throws SQLException {
    if (nullable(altered, column)) {
      return List.of();
    }
    String check = quoted("lk_" + altered.oid() + "_not_null");
    return List.of(
        altered.change("DROP CONSTRAINT IF EXISTS " + check)
            + ";\n"
            + altered.change(
                "ADD CONSTRAINT "
                    + check
                    + " CHECK ("
                    + quoted(column)
                    + " IS NOT NULL) NOT VALID"),
        altered.change("VALIDATE CONSTRAINT " + check),
        altered.change("ALTER COLUMN " + quoted(column) + " SET NOT NULL")
            + ";\n"
            + altered.change("DROP CONSTRAINT " + check));
  }

  /** Only where it was not validated before; then it is made again as it was. */
  private static List<String> validated(Altered altered, String name) throws SQLException {
    List<String> definitions =
        altered.texts(
            """
            SELECT pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid = ? AND conname = ? AND NOT convalidated
            """,
            name);
    List<String> parts = new ArrayList<>();
    for (String definition : definitions) {
      parts.add(
          altered.change("DROP CONSTRAINT IF EXISTS " + quoted(name))
              + ";\n"
              + Former.one(altered.change("ADD CONSTRAINT " + quoted(name) + " " + definition)));
      parts.addAll(commentOf(altered, name));
    }
    return parts;
  }

  /** Made again without reading the table behind its lock, then validated beside the traffic. */
  private static List<String> constraint(Altered altered, String name) throws SQLException {
    List<String> parts = new ArrayList<>();
    for (String line :
        altered.texts(
            """
            SELECT contype::text || ' ' || CASE WHEN convalidated THEN 'v' ELSE '-' END || ' '
              || coalesce(nullif(conindid, 0)::text, '0') || ' ' || pg_get_constraintdef(oid)
            FROM pg_constraint WHERE conrelid = ? AND conname = ?
            """,
            name)) {
      String[] part = line.split(" ", 4);
      String add = altered.change("ADD CONSTRAINT " + quoted(name) + " ");
      boolean key = part[0].equals("p") || part[0].equals("u");
      if (key) {
        parts.addAll(FormerIndex.parts(altered.connection(), Long.parseLong(part[2])));
        parts.add(add + key(part[3]) + " USING INDEX " + quoted(name) + deferring(part[3]));
      } else if (part[0].equals("x")) {
        long index = Long.parseLong(part[2]);
        parts.add(inPlace(altered, index) + Former.one(add + part[3]));
        parts.addAll(FormerIndex.belongings(altered.connection(), index));
      } else if (part[1].equals("-")) {
        parts.add(Former.one(add + part[3]));
      } else {
        parts.add(Former.one(add + part[3] + " NOT VALID"));
        parts.add(altered.change("VALIDATE CONSTRAINT " + quoted(name)));
      }
    }
    parts.addAll(commentOf(altered, name));
    return parts;
  }

  /** Where the index of an exclusion lies: its definition does not tell. */
  private static String inPlace(Altered altered, long index) throws SQLException {
    return Former.text(
            altered.connection(),
            """
            SELECT format('SET LOCAL default_tablespace = %L', spcname) FROM pg_class c
            JOIN pg_tablespace s ON s.oid = c.reltablespace WHERE c.oid = ?
            """,
            index)
        .map(set -> set + ";\n")
        .orElse("");
  }

  private static List<String> commentOf(Altered altered, String name) throws SQLException {
    return altered.texts(
        """
            SELECT format('COMMENT ON CONSTRAINT %I ON %s IS %L', conname, conrelid::regclass, d)
            FROM pg_constraint, obj_description(oid, 'pg_constraint') d
            WHERE conrelid = ? AND conname = ? AND d IS NOT NULL
            """,
        name);
  }

  private static String key(String definition) {
    return definition.startsWith("PRIMARY") ? "PRIMARY KEY" : "UNIQUE";
  }

  private static String deferring(String definition) {
    int at = definition.lastIndexOf(')');
    String tail = definition.substring(at + 1).trim();
    return tail.startsWith("DEFERRABLE") ? " " + tail : "";
  }

  private static List<String> rowSecurity(Altered altered, RowSecurity security)
      throws SQLException {
    boolean forces =
        security.to() == RowSecurity.Switch.FORCE || security.to() == RowSecurity.Switch.NO_FORCE;
    boolean turnsOn =
        security.to() == RowSecurity.Switch.ENABLE || security.to() == RowSecurity.Switch.FORCE;
    String flag = forces ? "relforcerowsecurity" : "relrowsecurity";
    String was = altered.texts("SELECT " + flag + "::text FROM pg_class WHERE oid = ?").get(0);
    if (was.equals(Boolean.toString(turnsOn))) {
      return List.of();
    }
    String back = forces ? (turnsOn ? "NO FORCE" : "FORCE") : (turnsOn ? "DISABLE" : "ENABLE");
    return List.of(altered.change(back + " ROW LEVEL SECURITY"));
  }

  private static List<String> triggers(Altered altered, TriggerSwitch trigger) throws SQLException {
    boolean all = trigger.trigger().equals("all") || trigger.trigger().equals("user");
    return changes(
        altered,
        altered.texts(
            """
            SELECT CASE tgenabled WHEN 'O' THEN 'ENABLE' WHEN 'D' THEN 'DISABLE'
              WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END || format(' TRIGGER %I', tgname)
            FROM pg_trigger WHERE tgrelid = ? AND NOT tgisinternal AND (? OR tgname = ?)
            ORDER BY tgname
            """,
            all, trigger.trigger()));
  }

  private static List<String> bounds(Altered altered, QualifiedName partition) throws SQLException {
    QualifiedName name = resolved(altered, partition);
    return changes(
        altered,
        Former.texts(
            altered.connection(),
            """
            SELECT format('ATTACH PARTITION %s ', oid::regclass) || pg_get_expr(relpartbound, oid)
            FROM pg_class WHERE oid = to_regclass(?) AND relispartition
            """,
            name.sql()));
  }

  private static List<String> storage(Altered altered, Storage storage) throws SQLException {
    List<String> options =
        altered.texts(
            """
            SELECT unnest(reloptions) FROM pg_class WHERE oid = ?
            UNION ALL
            SELECT 'toast.' || unnest(t.reloptions) FROM pg_class t JOIN pg_class c ON c.reltoastrelid = t.oid
            WHERE c.oid = ?
            """,
            altered.oid());
    List<String> set = new ArrayList<>();
    List<String> reset = new ArrayList<>();
    for (String parameter : storage.parameters()) {
      Optional<String> was =
          options.stream().filter(option -> option.startsWith(parameter + "=")).findFirst();
      if (was.isPresent()) {
        String value = was.get().substring(parameter.length() + 1);
        set.add(parameter + " = " + Literal.of(value));
      } else {
        reset.add(parameter);
      }
    }
    List<String> parts = new ArrayList<>();
    if (!set.isEmpty()) {
      parts.add(altered.change("SET (" + String.join(", ", set) + ")"));
    }
    if (!reset.isEmpty()) {
      parts.add(altered.change("RESET (" + String.join(", ", reset) + ")"));
    }
    return parts;
  }

  private static List<String> replicaIdentity(Altered altered) throws SQLException {
    return altered.texts(
        """
        SELECT 'REPLICA IDENTITY ' || CASE relreplident WHEN 'd' THEN 'DEFAULT' WHEN 'f' THEN 'FULL'
          WHEN 'n' THEN 'NOTHING' ELSE coalesce((SELECT format('USING INDEX %I', c.relname)
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = t.oid AND i.indisreplident), 'NOTHING') END
        FROM pg_class t WHERE oid = ?
        """);
  }

  private static List<String> clustered(Altered altered) throws SQLException {
    List<String> on =
        altered.texts(
            """
            SELECT format('CLUSTER ON %I', c.relname) FROM pg_index i
            JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = ? AND i.indisclustered
            """);
    return changes(altered, on.isEmpty() ? List.of("SET WITHOUT CLUSTER") : on);
  }

  private static List<String> inherits(Altered altered, Inherit inherit) throws SQLException {
    QualifiedName parent = resolved(altered, inherit.parent());
    boolean was =
        !altered
            .texts(
                "SELECT inhrelid::text FROM pg_inherits WHERE inhrelid = ? AND inhparent ="
                    + " to_regclass(?)",
                parent.sql())
            .isEmpty();
    if (was == inherit.on()) {
      return List.of();
    }
    return List.of(altered.change((was ? "INHERIT " : "NO INHERIT ") + parent.sql()));
  }
}
