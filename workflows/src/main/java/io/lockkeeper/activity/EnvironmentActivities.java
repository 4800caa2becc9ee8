package io.lockkeeper.activity;

import io.lockkeeper.step.StepResult;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import org.jspecify.annotations.Nullable;

/**
 * Everything that touches an environment's targets. Served by that environment's worker on the
 * queue {@code env-<environment>}.
 *
 * <p>Every method is safe to call again: what was done stands in the target's ledger, and a second
 * call looks there and in the catalog first. A wrong input fails once; the world is tried again. A
 * verdict is a result, never a failure. Progress goes out as heartbeat details ({@link Progress}).
 */
@ActivityInterface
public interface EnvironmentActivities {

  /** Reads only. A second call reads again. */
  @ActivityMethod(name = "Precheck")
  StepResult precheck(StepOrder order);

  /** Writes grant and lease into the ledger. A second call finds them and changes nothing. */
  @ActivityMethod(name = "Hold")
  StepResult hold(StepOrder order);

  /** Measures, and writes a checkpoint into the ledger. A second call replaces it. */
  @ActivityMethod(name = "Baseline")
  StepResult baseline(StepOrder order);

  /**
   * Puts the measures of the change, or of one of its steps, in force and waits until the target is
   * drained, or puts back what the ledger knows as in force. A second call of the first keeps what
   * was found before the first one and goes on draining; a second call of the other finds nothing
   * to do.
   */
  @ActivityMethod(name = "Measure")
  StepResult measure(StepOrder order);

  /**
   * Renews the lease of the measures that are in force, for as long as the promotion itself answers
   * that it has them, until it is cancelled. FAIL where the lease had ended: then they were put
   * back, or will be. A second call goes on. Its heartbeat is a {@link MeasuresLease}.
   */
  @ActivityMethod(name = "KeepMeasures")
  StepResult keepMeasures(StepOrder order);

  /** Takes a backup. A second call finds the one that was completed, or takes it anew. */
  @ActivityMethod(name = "Backup")
  StepResult backup(StepOrder order);

  /** Runs the units of a section that the ledger does not know as finished. */
  @ActivityMethod(name = "ApplySection")
  StepResult applySection(StepOrder order);

  /**
   * Waits until the limits of a section's {@code health}, and those of its {@code guard} that tell
   * of the target, were clear for a minute. PASS then; FAIL with what is not clear after a quarter
   * of an hour. Reads only. A second call begins to count anew.
   *
   * @param order of the section that is to be begun or gone on with
   */
  @ActivityMethod(name = "AwaitClear")
  StepResult awaitClear(StepOrder order);

  /**
   * Takes back the units that the ledger knows as begun, last first. Needs neither API nor bundle.
   */
  @ActivityMethod(name = "RevertSection")
  StepResult revertSection(StepOrder order);

  /**
   * Runs the units of a step that the ledger does not know as finished. A step of a rollback is run
   * as it stands in the ledger, once, and needs neither API nor bundle.
   */
  @ActivityMethod(name = "Sql")
  StepResult sql(StepOrder order);

  /**
   * Takes back the units of a step that the ledger knows as begun, last first. Needs neither API
   * nor bundle. A second call finds nothing to do.
   */
  @ActivityMethod(name = "Undo")
  StepResult undo(StepOrder order);

  /** Makes one check. Changes nothing. A second call looks again. */
  @ActivityMethod(name = "Check")
  StepResult check(StepOrder order);

  /**
   * Vacuums and analyzes the tables of a change that was taken back. Needs neither API nor bundle.
   * A second call does it again.
   */
  @ActivityMethod(name = "Maintain")
  StepResult maintain(StepOrder order);

  /**
   * Restores a backup beside the database and swaps it in, for a signed statement that the worker
   * verifies. A second call goes on where names and ledger say that the first ended.
   */
  @ActivityMethod(name = "Restore")
  StepResult restore(StepOrder order);

  /**
   * Changes nothing: of a planned index the server is asked how it prints it, on an empty temporary
   * copy of its table that is taken back at once. A second call looks again.
   */
  @ActivityMethod(name = "Verify")
  StepResult verify(StepOrder order);

  /** Reads only. A second call measures again. */
  @ActivityMethod(name = "Compare")
  StepResult compare(StepOrder order);

  /** Ends the lease, and the grant where the promotion is over. A second call changes nothing. */
  @ActivityMethod(name = "Release")
  StepResult release(StepOrder order);

  /**
   * Samples until the window's end or a breach, completed asynchronously. A second call goes on
   * from the heartbeat's details; what fell between counts as missing.
   *
   * @return null from the method itself: the result comes later
   */
  @ActivityMethod(name = "SampleWindow")
  @Nullable WindowResult sampleWindow(WindowOrder order);
}
