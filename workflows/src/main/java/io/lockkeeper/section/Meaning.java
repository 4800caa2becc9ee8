package io.lockkeeper.section;

import java.util.List;
import java.util.Optional;

/** What a statement does, as far as applying it safely depends on that. */
public sealed interface Meaning {

  /** Whether it may stand in a transaction together with others. */
  boolean transactional();

  /** Tables whose content or indexes it changes and whose statistics it leaves stale. */
  default List<QualifiedName> touchedTables() {
    return List.of();
  }

  /** Locks that it takes on relations which it names, for as long as its transaction lasts. */
  default List<LockUse> locks() {
    return List.of();
  }

  /** A few words for lists: {@code create index idx_stocks_sector}. */
  String title();

  /**
   * {@code CREATE [UNIQUE] INDEX}.
   *
   * @param ifNotExists refused for concurrent builds: it passes over an invalid index
   * @param rest all that stands after the table's name, as written: {@code (sector) WHERE active}.
   *     Two texts may mean one index; only the server can tell
   */
  record CreateIndex(
      QualifiedName table,
      String name,
      boolean unique,
      boolean concurrently,
      boolean ifNotExists,
      String rest)
      implements Meaning {
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
    public String title() {
      return "create index " + name;
    }
  }

  /** {@code DROP INDEX}. */
  record DropIndex(List<QualifiedName> indexes, boolean concurrently) implements Meaning {
    @Override
    public boolean transactional() {
      return !concurrently;
    }

    @Override
    public String title() {
      return "drop index " + String.join(", ", indexes.stream().map(QualifiedName::text).toList());
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
    public String title() {
      String names = String.join(", ", tables.stream().map(QualifiedName::text).toList());
      return names.isEmpty() ? verb : verb + " " + names;
    }
  }

  /** Anything else that runs in a transaction: taken back by a script that its author gives. */
  record Other(String title, Optional<QualifiedName> table) implements Meaning {
    @Override
    public boolean transactional() {
      return true;
    }

    @Override
    public List<QualifiedName> touchedTables() {
      return table.stream().toList();
    }
  }
}
