package io.lockkeeper.report;

/**
 * A word about the change, and what it rests on. The word that was hoped for stands only where
 * something was looked at and found so.
 *
 * @param subject as the document names it: {@code Lock Contention}
 * @param holds whether it is the word that was hoped for
 * @param because what was found, for people
 */
public record Word(String subject, String word, boolean holds, String because) {
  /** Nobody looked, or what was seen cannot be told. */
  static final String NOT_MEASURED = "NOT MEASURED";

  /** {@code - Lock Contention: NONE}. */
  String line() {
    return "- " + subject + ": " + word;
  }
}
