package io.lockkeeper.section;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One action of {@code ALTER TABLE}. Texts of types and expressions are as written.
 *
 * <p>Locks are those of AlterTableGetLockLevel (tablecmds.c, PostgreSQL 15).
 */
public sealed interface TableAction {

  /** Lock on the altered relation itself. */
  default LockMode lock(ObjectKind of) {
    return LockMode.ACCESS_EXCLUSIVE;
  }

  /** Locks on further relations that the action names; an index lies in its table's schema. */
  default List<LockUse> furtherLocks(QualifiedName altered) {
    return List.of();
  }

  default Effect effect() {
    return Effect.CATALOG;
  }

  default boolean losesData() {
    return false;
  }

  /** Whether it cannot run in a transaction. */
  default boolean concurrently() {
    return false;
  }

  /** A few words for lists: {@code add column note}. */
  String title();

  /**
   * {@code ADD COLUMN}.
   *
   * @param defaultValue its expression; absent also where the column is generated or an identity
   * @param notNull also of a primary key
   * @param references the table of its foreign key
   * @param volatileDefault whether each row gets a value of its own, so that the table is written
   *     anew: a volatile or unknown function, a stored generated column, an identity, a serial type
   * @param constraint whether a check, key or reference stands with it
   */
  record AddColumn(
      String column,
      String type,
      Optional<String> defaultValue,
      boolean notNull,
      boolean ifNotExists,
      Optional<QualifiedName> references,
      boolean volatileDefault,
      boolean constraint)
      implements TableAction {
    @Override
    public List<LockUse> furtherLocks(QualifiedName altered) {
      return references.stream()
          .map(table -> new LockUse(LockMode.SHARE_ROW_EXCLUSIVE, table))
          .toList();
    }

    @Override
    public Effect effect() {
      if (volatileDefault) {
        return Effect.REWRITES;
      }
      return constraint || (notNull && defaultValue.isEmpty()) ? Effect.SCANS : Effect.CATALOG;
    }

    @Override
    public String title() {
      return "add column " + column;
    }
  }

  /** {@code DROP COLUMN}. */
  record DropColumn(String column, boolean ifExists, boolean cascade) implements TableAction {
    @Override
    public boolean losesData() {
      return true;
    }

    @Override
    public Effect effect() {
      return Effect.DESTROYS;
    }

    @Override
    public String title() {
      return "drop column " + column;
    }
  }

  /** {@code SET DEFAULT}, and {@code DROP DEFAULT} where there is no value. */
  record ColumnDefault(String column, Optional<String> value) implements TableAction {
    @Override
    public String title() {
      return (value.isPresent() ? "set default of " : "drop default of ") + column;
    }
  }

  /** {@code SET NOT NULL}: reads the whole table, unless a validated check proves it (12+). */
  record SetNotNull(String column) implements TableAction {
    @Override
    public Effect effect() {
      return Effect.SCANS;
    }

    @Override
    public String title() {
      return "set not null of " + column;
    }
  }

  /** {@code DROP NOT NULL}. */
  record DropNotNull(String column) implements TableAction {
    @Override
    public String title() {
      return "drop not null of " + column;
    }
  }

  /**
   * {@code ALTER COLUMN TYPE}. Whether the table is really written anew depends on the type that is
   * there: the dearer is told.
   */
  record ColumnType(String column, String type, Optional<String> using) implements TableAction {
    private static final List<String> WIDE =
        List.of("text", "varchar", "character varying", "numeric", "bigint", "int8", "timestamptz");

    @Override
    public Effect effect() {
      return Effect.REWRITES;
    }

    /** Not where the new type holds every value that another may have held. */
    @Override
    public boolean losesData() {
      return using.isPresent() || !WIDE.contains(type.toLowerCase(Locale.ROOT));
    }

    @Override
    public String title() {
      return "change type of " + column;
    }
  }

  /**
   * {@code SET STATISTICS}.
   *
   * @param column of an index its number
   */
  record ColumnStatistics(String column) implements TableAction {
    @Override
    public LockMode lock(ObjectKind of) {
      return LockMode.SHARE_UPDATE_EXCLUSIVE;
    }

    @Override
    public String title() {
      return "set statistics of " + column;
    }
  }

  /**
   * How a column's values are kept and what the planner is told of them, without a change of any
   * value that is there.
   *
   * @param options whether they are those in parentheses, which keep nobody out
   * @param title {@code set storage of note}
   */
  record ColumnSetting(String column, boolean options, String title) implements TableAction {
    @Override
    public LockMode lock(ObjectKind of) {
      return options ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.ACCESS_EXCLUSIVE;
    }
  }

  /** {@code REPLICA IDENTITY}: how rows are told apart where they are replicated. */
  record ReplicaIdentity() implements TableAction {
    @Override
    public String title() {
      return "set replica identity";
    }
  }

  /** Kinds of table constraints. */
  enum ConstraintKind {
    CHECK,
    FOREIGN_KEY,
    UNIQUE,
    PRIMARY_KEY,
    EXCLUDE;

    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * {@code ADD CONSTRAINT}.
   *
   * @param name absent where the server chooses one
   * @param notValid whether rows that are there are not looked at
   * @param usingIndex the index that becomes the constraint's
   * @param references the table of a foreign key
   */
  record AddConstraint(
      ConstraintKind constraint,
      Optional<String> name,
      boolean notValid,
      Optional<String> usingIndex,
      Optional<QualifiedName> references)
      implements TableAction {
    @Override
    public LockMode lock(ObjectKind of) {
      return constraint == ConstraintKind.FOREIGN_KEY
          ? LockMode.SHARE_ROW_EXCLUSIVE
          : LockMode.ACCESS_EXCLUSIVE;
    }

    @Override
    public List<LockUse> furtherLocks(QualifiedName altered) {
      Stream<LockUse> index =
          usingIndex.stream()
              .map(
                  name ->
                      new LockUse(
                          LockMode.SHARE_UPDATE_EXCLUSIVE,
                          new QualifiedName(altered.schema(), name)));
      Stream<LockUse> table =
          references.stream().map(name -> new LockUse(LockMode.SHARE_ROW_EXCLUSIVE, name));
      return Stream.concat(index, table).toList();
    }

    @Override
    public Effect effect() {
      if (notValid) {
        return Effect.CATALOG;
      }
      return switch (constraint) {
        case CHECK, FOREIGN_KEY -> Effect.SCANS;
        case UNIQUE -> usingIndex.isPresent() ? Effect.CATALOG : Effect.BUILDS;
        // A primary key also proves that its columns are not null.
        case PRIMARY_KEY -> usingIndex.isPresent() ? Effect.SCANS : Effect.BUILDS;
        case EXCLUDE -> Effect.BUILDS;
      };
    }

    @Override
    public String title() {
      return "add " + constraint.text() + name.map(n -> " " + n).orElse("");
    }
  }

  /** {@code VALIDATE CONSTRAINT}: reads the table under a lock that stops nobody. */
  record ValidateConstraint(String name) implements TableAction {
    @Override
    public LockMode lock(ObjectKind of) {
      return LockMode.SHARE_UPDATE_EXCLUSIVE;
    }

    @Override
    public Effect effect() {
      return Effect.SCANS;
    }

    @Override
    public String title() {
      return "validate constraint " + name;
    }
  }

  /** {@code DROP CONSTRAINT}. */
  record DropConstraint(String name, boolean ifExists, boolean cascade) implements TableAction {
    @Override
    public Effect effect() {
      return Effect.DESTROYS;
    }

    @Override
    public String title() {
      return "drop constraint " + name;
    }
  }

  /** {@code ENABLE}, {@code DISABLE}, {@code FORCE} and {@code NO FORCE ROW LEVEL SECURITY}. */
  record RowSecurity(Switch to) implements TableAction {
    /** What it says. */
    public enum Switch {
      ENABLE,
      DISABLE,
      FORCE,
      NO_FORCE;

      public String sql() {
        return name().replace('_', ' ');
      }

      String[] words() {
        return sql().toLowerCase(Locale.ROOT).split(" ", -1);
      }
    }

    @Override
    public String title() {
      return to.sql().toLowerCase(Locale.ROOT) + " row level security";
    }
  }

  /** {@code ENABLE [REPLICA | ALWAYS] TRIGGER} and {@code DISABLE TRIGGER}. */
  record TriggerSwitch(String trigger, boolean on) implements TableAction {
    @Override
    public LockMode lock(ObjectKind of) {
      return LockMode.SHARE_ROW_EXCLUSIVE;
    }

    @Override
    public String title() {
      return (on ? "enable" : "disable") + " trigger " + trigger;
    }
  }

  /** {@code OWNER TO}. */
  record Owner(String role) implements TableAction {
    @Override
    public String title() {
      return "owner to " + role;
    }
  }

  /** {@code SET SCHEMA}. */
  record SetSchema(String schema) implements TableAction {
    @Override
    public String title() {
      return "set schema " + schema;
    }
  }

  /** {@code RENAME TO}; of an index without keeping anybody out (12+). */
  record Rename(String to) implements TableAction {
    @Override
    public LockMode lock(ObjectKind of) {
      return of == ObjectKind.INDEX ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.ACCESS_EXCLUSIVE;
    }

    @Override
    public String title() {
      return "rename to " + to;
    }
  }

  /** {@code RENAME COLUMN}, or {@code RENAME CONSTRAINT}. */
  record RenamePart(boolean column, String from, String to) implements TableAction {
    @Override
    public String title() {
      return "rename " + (column ? "column " : "constraint ") + from + " to " + to;
    }
  }

  /** {@code ATTACH PARTITION}: the rows of the new one are read, unless a check proves them. */
  record AttachPartition(QualifiedName partition) implements TableAction {
    @Override
    public LockMode lock(ObjectKind of) {
      return LockMode.SHARE_UPDATE_EXCLUSIVE;
    }

    @Override
    public List<LockUse> furtherLocks(QualifiedName altered) {
      return List.of(new LockUse(LockMode.ACCESS_EXCLUSIVE, partition));
    }

    @Override
    public Effect effect() {
      return Effect.SCANS;
    }

    @Override
    public String title() {
      return "attach partition " + partition.text();
    }
  }

  /**
   * {@code DETACH PARTITION}.
   *
   * @param finish whether it ends a concurrent one that was cut off: {@code FINALIZE}
   */
  record DetachPartition(QualifiedName partition, boolean concurrently, boolean finish)
      implements TableAction {
    @Override
    public LockMode lock(ObjectKind of) {
      return concurrently || finish ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.ACCESS_EXCLUSIVE;
    }

    @Override
    public List<LockUse> furtherLocks(QualifiedName altered) {
      return List.of(
          new LockUse(
              concurrently ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.ACCESS_EXCLUSIVE,
              partition));
    }

    @Override
    public String title() {
      return "detach partition " + partition.text();
    }
  }

  /**
   * {@code SET (…)} and {@code RESET (…)} of storage parameters.
   *
   * @param weak whether all of them are of those that keep nobody out
   */
  record Storage(boolean sets, List<String> parameters, boolean weak) implements TableAction {
    public Storage {
      parameters = List.copyOf(parameters);
    }

    @Override
    public LockMode lock(ObjectKind of) {
      return weak ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.ACCESS_EXCLUSIVE;
    }

    @Override
    public String title() {
      return (sets ? "set " : "reset ") + String.join(", ", parameters);
    }
  }

  /** {@code CLUSTER ON}, and {@code SET WITHOUT CLUSTER}; nothing is written anew by that. */
  record ClusterOn(Optional<String> index) implements TableAction {
    @Override
    public LockMode lock(ObjectKind of) {
      return LockMode.SHARE_UPDATE_EXCLUSIVE;
    }

    @Override
    public List<LockUse> furtherLocks(QualifiedName altered) {
      return index.stream()
          .map(name -> new QualifiedName(altered.schema(), name))
          .map(name -> new LockUse(LockMode.SHARE_UPDATE_EXCLUSIVE, name))
          .toList();
    }

    @Override
    public String title() {
      return index.map(name -> "cluster on " + name).orElse("set without cluster");
    }
  }

  /** {@code INHERIT} and {@code NO INHERIT}. */
  record Inherit(QualifiedName parent, boolean on) implements TableAction {
    @Override
    public List<LockUse> furtherLocks(QualifiedName altered) {
      return List.of(
          new LockUse(on ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.ACCESS_SHARE, parent));
    }

    @Override
    public String title() {
      return (on ? "inherit " : "no inherit ") + parent.text();
    }
  }

  /** {@code SET LOGGED}, {@code UNLOGGED}, {@code TABLESPACE}, {@code ACCESS METHOD}. */
  record Rewrite(String title) implements TableAction {
    @Override
    public Effect effect() {
      return Effect.REWRITES;
    }
  }

  /**
   * Anything else.
   *
   * @param title its first words
   */
  record Rest(String title, LockMode mode, Effect effect) implements TableAction {
    @Override
    public LockMode lock(ObjectKind of) {
      return mode;
    }
  }
}
