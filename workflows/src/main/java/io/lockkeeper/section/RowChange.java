package io.lockkeeper.section;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Statements that read or change rows, and those that act on their own session. */
public sealed interface RowChange extends Meaning {

  private static List<LockUse> reading(LockMode mode, List<QualifiedName> tables) {
    return tables.stream().map(table -> new LockUse(mode, table)).toList();
  }

  /** What changes rows. */
  enum Verb {
    INSERT("insert into"),
    UPDATE("update"),
    DELETE("delete from"),
    MERGE("merge into");

    private final String text;

    Verb(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /** Rows of one table, changed by one verb. */
  record Target(Verb verb, QualifiedName table) {}

  /**
   * {@code INSERT}, {@code UPDATE}, {@code DELETE}, {@code MERGE}, also in a {@code WITH}.
   *
   * @param targets each verb with its table, never empty; the statement's own is the last
   * @param reads tables it reads
   * @param locksRows whether it says {@code FOR UPDATE} or the like of them
   * @param deletes whether rows may go
   */
  record Write(List<Target> targets, List<QualifiedName> reads, boolean locksRows, boolean deletes)
      implements RowChange {
    public Write {
      targets = List.copyOf(targets);
      reads = List.copyOf(reads);
    }

    @Override
    public List<QualifiedName> touchedTables() {
      return targets.stream().map(Target::table).distinct().toList();
    }

    @Override
    public List<LockUse> locks() {
      List<LockUse> locks = new ArrayList<>(reading(LockMode.ROW_EXCLUSIVE, touchedTables()));
      locks.addAll(reading(locksRows ? LockMode.ROW_SHARE : LockMode.ACCESS_SHARE, reads));
      return Meaning.strongest(locks);
    }

    @Override
    public Effect effect() {
      return Effect.CHANGES_ROWS;
    }

    @Override
    public boolean losesData() {
      return deletes;
    }

    @Override
    public UnitKind kind() {
      return UnitKind.DATA;
    }

    @Override
    public String title() {
      Target last = targets.get(targets.size() - 1);
      return last.verb().text() + " " + last.table().text();
    }
  }

  /** {@code TRUNCATE}. */
  record Truncate(List<QualifiedName> tables, boolean cascade) implements RowChange {
    public Truncate {
      tables = List.copyOf(tables);
    }

    @Override
    public List<QualifiedName> touchedTables() {
      return tables;
    }

    @Override
    public List<LockUse> locks() {
      return reading(LockMode.ACCESS_EXCLUSIVE, tables);
    }

    @Override
    public Effect effect() {
      return Effect.DESTROYS;
    }

    @Override
    public boolean losesData() {
      return true;
    }

    @Override
    public UnitKind kind() {
      return UnitKind.DATA;
    }

    @Override
    public String title() {
      return "truncate " + String.join(", ", tables.stream().map(QualifiedName::text).toList());
    }
  }

  /**
   * {@code SELECT}, {@code VALUES}, {@code TABLE}, {@code EXPLAIN}: for what the functions do that
   * it calls.
   *
   * @param calls functions that may do anything: not those of the server that only compute
   */
  record Query(List<QualifiedName> reads, boolean locksRows, List<QualifiedName> calls)
      implements RowChange {
    public Query {
      reads = List.copyOf(reads);
      calls = List.copyOf(calls);
    }

    @Override
    public List<LockUse> locks() {
      return reading(locksRows ? LockMode.ROW_SHARE : LockMode.ACCESS_SHARE, reads);
    }

    /** A function may do anything. */
    @Override
    public Effect effect() {
      return calls.isEmpty() ? Effect.SCANS : Effect.UNKNOWN;
    }

    @Override
    public String title() {
      return calls.isEmpty() ? "select" : "select " + calls.get(0).text();
    }
  }

  /**
   * {@code COPY}.
   *
   * @param table absent where a query is copied
   * @param program whether the server starts a program
   */
  record Copy(Optional<QualifiedName> table, boolean in, boolean program) implements RowChange {
    @Override
    public List<QualifiedName> touchedTables() {
      return in ? table.stream().toList() : List.of();
    }

    @Override
    public List<LockUse> locks() {
      return reading(in ? LockMode.ROW_EXCLUSIVE : LockMode.ACCESS_SHARE, table.stream().toList());
    }

    @Override
    public Effect effect() {
      return in ? Effect.CHANGES_ROWS : Effect.SCANS;
    }

    @Override
    public UnitKind kind() {
      return UnitKind.DATA;
    }

    @Override
    public String title() {
      return "copy" + table.map(t -> " " + t.text()).orElse("");
    }
  }

  /** {@code LOCK TABLE}. */
  record Lock(List<QualifiedName> tables, LockMode mode) implements RowChange {
    public Lock {
      tables = List.copyOf(tables);
    }

    @Override
    public List<LockUse> locks() {
      return reading(mode, tables);
    }

    @Override
    public Effect effect() {
      return Effect.CATALOG;
    }

    @Override
    public String title() {
      return "lock table " + String.join(", ", tables.stream().map(QualifiedName::text).toList());
    }
  }

  /** {@code DO}: a block whose effect cannot be told. */
  record Block(String language) implements RowChange {
    @Override
    public Effect effect() {
      return Effect.UNKNOWN;
    }

    @Override
    public String title() {
      return "do";
    }
  }

  /**
   * {@code SET} and {@code RESET}.
   *
   * @param local whether it ends with the transaction
   */
  record Setting(String name, boolean local, boolean resets) implements RowChange {
    @Override
    public Effect effect() {
      return Effect.CATALOG;
    }

    @Override
    public String title() {
      return (resets ? "reset " : "set ") + name.toLowerCase(Locale.ROOT);
    }
  }
}
