package io.lockkeeper.section;

import java.util.List;

/**
 * An index's definition in a form in which a written one and one read from the catalog can be
 * compared: names folded, defaults left out, casts and parentheses of expressions dropped.
 *
 * @param method access method, {@code btree} where none is written
 * @param keys one text a key, such as {@code market_cap desc} or {@code lower ( name )}
 * @param included columns of {@code INCLUDE}
 * @param predicate the words of {@code WHERE}; empty without
 * @param nullsNotDistinct {@code UNIQUE NULLS NOT DISTINCT}
 */
public record IndexShape(
    String method,
    List<String> keys,
    List<String> included,
    String predicate,
    boolean nullsNotDistinct) {
  public IndexShape {
    keys = List.copyOf(keys);
    included = List.copyOf(included);
  }
}
