package io.lockkeeper.activities.step;

/** Numbers of things, for people. */
final class Counted {
  private Counted() {}

  /** {@code no checks}, {@code 1 check}, {@code 2 checks}. */
  static String of(int number, String thing) {
    return (number == 0 ? "no" : Integer.toString(number)) + " " + thing + (number == 1 ? "" : "s");
  }
}
