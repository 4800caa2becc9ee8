package io.lockkeeper.section;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a statement does, as far as applying it safely depends on that. Of tables and their indexes
 * here; of other objects in {@link ObjectChange}; of rows and sessions in {@link RowChange}.
 *
 * <p>Locks are those of PostgreSQL 15 (AlterTableGetLockLevel in tablecmds.c, and chapter 13.3).
 */
public sealed interface Meaning
    permits Meaning.CreateIndex,
        Meaning.DropIndex,
        Meaning.Reindex,
        Meaning.Cluster,
        Meaning.Maintain,
        Meaning.AlterTable,
        Meaning.Other,
        ObjectChange,
        RowChange {

  /** Whether it may run in a transaction at all. */
  default boolean transactional() {
    return true;
  }

  /** Whether it needs a unit of its own though it is transactional. */
  default boolean alone() {
    return !transactional();
  }

  /** Tables whose content or indexes it changes and whose statistics it leaves stale. */
  default List<QualifiedName> touchedTables() {
    return List.of();
  }

  /**
   * Locks that it takes on relations which it names and which were there before it, for as long as
   * its transaction lasts; each relation once, with the strongest.
   */
  default List<LockUse> locks() {
    return List.of();
  }

  /** What it costs. */
  Effect effect();

  /** Whether rows, columns or values may be gone after it that nobody can make again. */
  default boolean losesData() {
    return false;
  }

  /** What becomes of it when it is cut off. */
  default UnitKind kind() {
    return UnitKind.OTHER;
  }

  /** A few words for lists: {@code create index idx_stocks_sector}. */
  String title();

  /** Each relation once, with the strongest lock. */
  static List<LockUse> strongest(List<LockUse> locks) {
    Map<QualifiedName, LockMode> modes = new LinkedHashMap<>();
    for (LockUse lock : locks) {
      modes.merge(
          lock.relation(), lock.mode(), (one, other) -> one.compareTo(other) >= 0 ? one : other);
    }
    return modes.entrySet().stream()
        .map(entry -> new LockUse(entry.getValue(), entry.getKey()))
        .toList();
  }

  private static String texts(List<QualifiedName> names) {
    return String.join(", ", names.stream().map(QualifiedName::text).toList());
  }

  private static String titled(String verb, List<QualifiedName> names) {
    return names.isEmpty() ? verb : verb + " " + texts(names);
  }

  private static List<LockUse> on(LockMode mode, List<QualifiedName> names) {
    return names.stream().map(name -> new LockUse(mode, name)).toList();
  }

  /**
   * {@code CREATE [UNIQUE] INDEX}.
   *
   * @param ifNotExists refused for concurrent builds: it passes over an invalid index
   * @param only of a partitioned table alone, without its partitions: nothing is built
   * @param rest all that stands after the table's name, as written: {@code (sector) WHERE active}.
   *     Two texts may mean one index; only the server can tell
   */
  record CreateIndex(
      QualifiedName table,
      String name,
      boolean unique,
      boolean concurrently,
      boolean ifNotExists,
      boolean only,
      String rest)
      implements Meaning {
    /** The same index by another name, or of a table by another name. */
    public CreateIndex on(QualifiedName otherTable, String otherName) {
      return new CreateIndex(otherTable, otherName, unique, concurrently, ifNotExists, only, rest);
    }

    @Override
    public boolean transactional() {
      return !concurrently;
    }

    @Override
    public List<QualifiedName> touchedTables() {
      return List.of(table);
    }

    @Override
    public List<LockUse> locks() {
      LockMode mode = concurrently ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.SHARE;
      return List.of(new LockUse(mode, table));
    }

    @Override
    public Effect effect() {
      return Effect.BUILDS;
    }

    @Override
    public UnitKind kind() {
      return concurrently ? UnitKind.CONCURRENT_BUILD : UnitKind.ALTER;
    }

    @Override
    public String title() {
      return "create index " + name;
    }
  }

  /** {@code DROP INDEX}; the lock that it takes on the table is not one on a relation it names. */
  record DropIndex(
      List<QualifiedName> indexes, boolean concurrently, boolean ifExists, boolean cascade)
      implements Meaning {
    @Override
    public boolean transactional() {
      return !concurrently;
    }

    @Override
    public List<LockUse> locks() {
      return on(
          concurrently ? LockMode.SHARE_UPDATE_EXCLUSIVE : LockMode.ACCESS_EXCLUSIVE, indexes);
    }

    @Override
    public Effect effect() {
      return Effect.DESTROYS;
    }

    @Override
    public UnitKind kind() {
      return concurrently ? UnitKind.CONCURRENT_DROP : UnitKind.ALTER;
    }

    @Override
    public String title() {
      return titled("drop index", indexes);
    }
  }

  /**
   * {@code REINDEX}.
   *
   * @param of {@code index}, {@code table}, {@code schema}, {@code database} or {@code system}
   * @param name absent where the database is meant without its name (PostgreSQL 16)
   */
  record Reindex(String of, Optional<QualifiedName> name, boolean concurrently) implements Meaning {
    /** Of more than one table: the server commits after each. */
    public boolean wide() {
      return !of.equals("index") && !of.equals("table");
    }

    @Override
    public boolean transactional() {
      return !concurrently && !wide();
    }

    @Override
    public List<LockUse> locks() {
      if (wide()) {
        return List.of();
      }
      LockMode alone = of.equals("index") ? LockMode.ACCESS_EXCLUSIVE : LockMode.SHARE;
      return on(concurrently ? LockMode.SHARE_UPDATE_EXCLUSIVE : alone, name.stream().toList());
    }

    @Override
    public Effect effect() {
      return Effect.BUILDS;
    }

    @Override
    public UnitKind kind() {
      return UnitKind.REINDEX;
    }

    @Override
    public String title() {
      return titled("reindex " + of, name.stream().toList());
    }
  }

  /**
   * {@code CLUSTER} of one table: it is written anew behind a lock that keeps everybody out.
   *
   * @param index absent where it is the one of the last time
   */
  record Cluster(QualifiedName table, Optional<String> index) implements Meaning {
    @Override
    public List<QualifiedName> touchedTables() {
      return List.of(table);
    }

    @Override
    public List<LockUse> locks() {
      List<QualifiedName> locked = new ArrayList<>(List.of(table));
      index.map(name -> new QualifiedName(table.schema(), name)).ifPresent(locked::add);
      return on(LockMode.ACCESS_EXCLUSIVE, locked);
    }

    @Override
    public Effect effect() {
      return Effect.REWRITES;
    }

    @Override
    public UnitKind kind() {
      return UnitKind.ALTER;
    }

    @Override
    public String title() {
      return "cluster " + table.text();
    }
  }

  /** {@code VACUUM} and {@code ANALYZE}: repeatable, nothing to take back. */
  record Maintain(String verb, List<QualifiedName> tables, boolean vacuums, boolean analyzes)
      implements Meaning {
    @Override
    public boolean transactional() {
      return !vacuums;
    }

    @Override
    public List<LockUse> locks() {
      return on(LockMode.SHARE_UPDATE_EXCLUSIVE, tables);
    }

    @Override
    public Effect effect() {
      return Effect.SCANS;
    }

    @Override
    public UnitKind kind() {
      return UnitKind.VACUUM;
    }

    @Override
    public String title() {
      return titled(verb, tables);
    }
  }

  /**
   * {@code ALTER TABLE}, and {@code ALTER INDEX}, {@code VIEW}, {@code SEQUENCE} and the like as
   * far as they are the same command.
   *
   * @param of what it says it alters
   * @param actions in order, never empty
   */
  record AlterTable(
      ObjectKind of, QualifiedName table, boolean ifExists, boolean only, List<TableAction> actions)
      implements Meaning {
    public AlterTable {
      actions = List.copyOf(actions);
      if (actions.isEmpty()) {
        throw new IllegalArgumentException("a table is altered by at least one action");
      }
    }

    /** The one that detaches a partition without a lock stands alone, by the grammar. */
    @Override
    public boolean transactional() {
      return actions.stream().noneMatch(TableAction::concurrently);
    }

    @Override
    public List<QualifiedName> touchedTables() {
      return of == ObjectKind.TABLE ? List.of(table) : List.of();
    }

    @Override
    public List<LockUse> locks() {
      List<LockUse> locks = new ArrayList<>();
      for (TableAction action : actions) {
        locks.add(new LockUse(action.lock(of), table));
        locks.addAll(action.furtherLocks(table));
      }
      return strongest(locks);
    }

    @Override
    public Effect effect() {
      return actions.stream().map(TableAction::effect).reduce(Effect.CATALOG, Effect::and);
    }

    @Override
    public boolean losesData() {
      return actions.stream().anyMatch(TableAction::losesData);
    }

    @Override
    public UnitKind kind() {
      return transactional() ? UnitKind.ALTER : UnitKind.DETACH;
    }

    @Override
    public String title() {
      return "alter " + of.text() + " " + table.text();
    }
  }

  /**
   * Anything else that runs in a transaction: taken back by a script that its author gives.
   *
   * @param title its first words
   */
  record Other(String title) implements Meaning {
    @Override
    public Effect effect() {
      return Effect.UNKNOWN;
    }
  }
}
