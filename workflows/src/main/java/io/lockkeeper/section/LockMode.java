package io.lockkeeper.section;

import java.util.Locale;

/**
 * Lock modes of relations, weakest first. Source: PostgreSQL 15, table 13.2 "Conflicting Lock
 * Modes".
 */
public enum LockMode {
  ACCESS_SHARE,
  ROW_SHARE,
  ROW_EXCLUSIVE,
  SHARE_UPDATE_EXCLUSIVE,
  SHARE,
  SHARE_ROW_EXCLUSIVE,
  EXCLUSIVE,
  ACCESS_EXCLUSIVE;

  /** Whether ordinary reads or writes wait for it, and for whoever waits to get it. */
  public boolean strong() {
    return compareTo(SHARE) >= 0;
  }

  /** As {@code LOCK TABLE … IN … MODE} writes it. */
  public String sql() {
    return name().replace('_', ' ');
  }

  /** For people: {@code access exclusive}. */
  public String text() {
    return sql().toLowerCase(Locale.ROOT);
  }
}
