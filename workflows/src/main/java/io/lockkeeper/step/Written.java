package io.lockkeeper.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * A step that the change's author wrote, by its place.
 *
 * @param number place in its list, from 1
 * @param what a few words for people: {@code update flags}; never SQL
 */
public record Written(At at, int number, String what) {

  /** The list in which it stands. */
  public enum At {
    /** Before the baseline. */
    @JsonProperty("before")
    BEFORE,
    /** After the sections, once the measures are put back. */
    @JsonProperty("after")
    AFTER,
    /** In a rollback by option A, before anything is taken back. */
    @JsonProperty("rollback_before")
    ROLLBACK_BEFORE,
    /** In a rollback by option A, once all is taken back and checked. */
    @JsonProperty("rollback_after")
    ROLLBACK_AFTER,
    /** Once the promotion is over. */
    @JsonProperty("follow_up")
    FOLLOW_UP;

    /** Whether it belongs to a rollback: then it needs no grant, and stands in the ledger. */
    public boolean back() {
      return this == ROLLBACK_BEFORE || this == ROLLBACK_AFTER;
    }
  }

  public Written {
    if (number < 1) {
      throw new IllegalArgumentException("no place in a list: " + number);
    }
  }

  /** Unique in its stage, and in the ledger: {@code before-1}, {@code rollback-after-2}. */
  public String name() {
    return name(at, number);
  }

  public static String name(At at, int number) {
    return at.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + number;
  }

  /** For people: {@code before-1: update flags}. */
  String title() {
    return name() + ": " + what;
  }
}
