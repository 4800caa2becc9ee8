package io.lockkeeper.promotion;

/** The flight ends here: what is thrown at the next place where it may stop. */
final class Stop extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What comes instead of going on. */
  enum Kind {
    ABORT,
    ROLLBACK
  }

  private final Kind kind;
  private final String environment;
  private final String because;

  private Stop(Kind kind, String environment, String because) {
    super(because);
    this.kind = kind;
    this.environment = environment;
    this.because = because;
  }

  static Stop abort(String because) {
    return new Stop(Kind.ABORT, "", because);
  }

  static Stop rollback(String environment, String because) {
    return new Stop(Kind.ROLLBACK, environment, because);
  }

  Kind kind() {
    return kind;
  }

  /** Which environment is taken back; empty for an abort. */
  String environment() {
    return environment;
  }

  String because() {
    return because;
  }
}
