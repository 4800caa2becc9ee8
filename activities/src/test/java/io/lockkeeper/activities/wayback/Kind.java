package io.lockkeeper.activities.wayback;

import java.util.Locale;

/** Kinds of objects whose changes have a way back, or say that they have none. */
enum Kind {
  INDEX,
  UNIQUE_INDEX,
  CONSTRAINT,
  COLUMN,
  FUNCTION,
  VIEW,
  POLICY,
  TRIGGER,
  TYPE_VALUE,
  MATERIALIZED_VIEW,
  COMMENT,
  GRANT,
  SETTING;

  /** For people: {@code unique index}. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
