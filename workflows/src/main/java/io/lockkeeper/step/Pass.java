package io.lockkeeper.step;

/** Each unit completes once in a pass. */
public enum Pass {
  /** Applied to be reverted again. */
  REHEARSAL,
  DEPLOY,
  /** Steps that the author wrote, before and after the sections. */
  STEPS,
  /** Steps of a rollback: they stand in the ledger, and are run when it takes the change back. */
  BACK
}
