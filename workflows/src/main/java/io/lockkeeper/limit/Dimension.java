package io.lockkeeper.limit;

/** What a figure measures, and so which units may stand in a limit on it. */
public enum Dimension {
  /** Seconds. */
  TIME("a time such as 500ms"),
  /** Bytes. */
  BYTES("a size such as 50MB"),
  /** A ratio; 0.2 is written 20%. */
  RATIO("a share such as 20%"),
  /** Per second. */
  RATE("a rate such as 100/s"),
  /** Things counted, without a unit. */
  COUNT("a number such as 5"),
  /** A server's version: the major number, and the minor number as thousandths. */
  VERSION("a version such as 15 or 15.4"),
  /** Characters. */
  TEXT("a text");

  private final String example;

  Dimension(String example) {
    this.example = example;
  }

  String example() {
    return example;
  }
}
