package io.lockkeeper.activities.postgres;

/** Texts as they stand in statements; our sessions have standard_conforming_strings on. */
public final class Literal {
  private Literal() {}

  public static String of(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
