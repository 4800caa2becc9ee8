package io.lockkeeper.activity;

import io.lockkeeper.change.Adjustment;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.step.Step;
import java.util.List;

/**
 * A step to be done.
 *
 * @param statements for {@code hold}: the start and the approvals; empty for all others
 * @param adjusted what people changed of the sections' rules meanwhile
 * @param accepted whether a person accepted that something about it cannot be told
 */
public record StepOrder(
    WorkOrder work,
    Step step,
    List<SignedStatement> statements,
    Adjustment adjusted,
    boolean accepted) {
  public StepOrder {
    statements = List.copyOf(statements);
    // Orders of the first version do not have it.
    adjusted = adjusted == null ? Adjustment.NONE : adjusted;
  }

  /** One that nobody adjusted. */
  public StepOrder(WorkOrder work, Step step, List<SignedStatement> statements) {
    this(work, step, statements, Adjustment.NONE, false);
  }
}
