package io.lockkeeper.activity;

import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.step.Step;
import java.util.List;

/**
 * A step to be done.
 *
 * @param statements for {@code hold}: the start and the approvals; empty for all others
 */
public record StepOrder(WorkOrder work, Step step, List<SignedStatement> statements) {
  public StepOrder {
    statements = List.copyOf(statements);
  }
}
