package io.lockkeeper.deploy.matrix;

/** When the fault comes. */
enum Moment {
  /** What is meant to be done is written down, and nothing of it is done. */
  AFTER_INTENT,
  MID_STATEMENT,
  /** The server has done it, and nobody has looked yet; in a transaction: it is not committed. */
  AFTER_STATEMENT,
  /** It was looked at, and is just being written down as done; in a transaction: at its commit. */
  AFTER_CHECK
}
