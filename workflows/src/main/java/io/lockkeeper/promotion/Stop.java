package io.lockkeeper.promotion;

import io.lockkeeper.signoff.Statement.Option;

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
  private final Option option;
  private final String because;

  private Stop(Kind kind, String environment, Option option, String because) {
    super(because);
    this.kind = kind;
    this.environment = environment;
    this.option = option;
    this.because = because;
  }

  static Stop abort(String because) {
    return new Stop(Kind.ABORT, "", Option.A, because);
  }

  static Stop rollback(String environment, String because) {
    return rollback(environment, Option.A, because);
  }

  static Stop rollback(String environment, Option option, String because) {
    return new Stop(Kind.ROLLBACK, environment, option, because);
  }

  Kind kind() {
    return kind;
  }

  /** Which environment is taken back; empty for an abort. */
  String environment() {
    return environment;
  }

  /** By which way it is taken back; without meaning for an abort. */
  Option option() {
    return option;
  }

  String because() {
    return because;
  }
}
