package io.lockkeeper.step;

/** Each unit completes once in a pass. */
public enum Pass {
  /** Applied to be reverted again. */
  REHEARSAL,
  DEPLOY
}
