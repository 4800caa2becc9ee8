package io.lockkeeper.section;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Kinds of objects that statements name. */
public enum ObjectKind {
  MATERIALIZED_VIEW,
  FOREIGN_TABLE,
  EVENT_TRIGGER,
  DATABASE,
  TABLE,
  VIEW,
  SEQUENCE,
  INDEX,
  COLUMN,
  CONSTRAINT,
  TYPE,
  DOMAIN,
  SCHEMA,
  EXTENSION,
  STATISTICS,
  FUNCTION,
  PROCEDURE,
  ROUTINE,
  AGGREGATE,
  POLICY,
  TRIGGER,
  RULE;

  private final String sql = name().replace('_', ' ');
  private final String text = sql.toLowerCase(Locale.ROOT);

  /** In the order of the kinds: those of several words come first. */
  private static final Map<ObjectKind, String[]> WORDS = words();

  private static Map<ObjectKind, String[]> words() {
    Map<ObjectKind, String[]> words = new EnumMap<>(ObjectKind.class);
    for (ObjectKind kind : values()) {
      words.put(kind, kind.text.split(" ", -1));
    }
    return words;
  }

  /** As SQL writes it. */
  public String sql() {
    return sql;
  }

  /** For people, and as pg_get_object_address knows most of them: {@code materialized view}. */
  public String text() {
    return text;
  }

  /** Whether it stands in pg_class and so can be locked. */
  public boolean relation() {
    return switch (this) {
      case MATERIALIZED_VIEW, FOREIGN_TABLE, TABLE, VIEW, SEQUENCE, INDEX -> true;
      default -> false;
    };
  }

  boolean routine() {
    return this == FUNCTION || this == PROCEDURE || this == ROUTINE || this == AGGREGATE;
  }

  /** Whether it belongs to a table, which the statement names after {@code ON}. */
  boolean ofTable() {
    return this == POLICY || this == TRIGGER || this == RULE || this == CONSTRAINT;
  }

  /** Takes the words of a kind where they stand next. */
  static Optional<ObjectKind> take(TokenReader tokens) {
    for (ObjectKind kind : values()) {
      if (tokens.skip(Objects.requireNonNull(WORDS.get(kind)))) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
