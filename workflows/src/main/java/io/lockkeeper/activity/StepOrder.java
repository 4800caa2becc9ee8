package io.lockkeeper.activity;

import io.lockkeeper.change.Adjustment;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.step.Step;
import java.util.List;
import java.util.Optional;

/**
 * A step to be done.
 *
 * @param statements for {@code hold}: the start and the approvals; empty for all others
 * @param adjusted what people changed of the sections' rules meanwhile
 * @param accepted whether a person accepted that something about it cannot be told
 * @param approved for the precheck before the first forward step: what the change touches as people
 *     saw it when they agreed, by its hash in the blob store; absent where nobody was asked
 */
public record StepOrder(
    WorkOrder work,
    Step step,
    List<SignedStatement> statements,
    Adjustment adjusted,
    boolean accepted,
    Optional<String> approved) {
  /** How the attachment is called in which that is kept. */
  public static final String SCHEMA = "schema.json";

  public StepOrder {
    statements = List.copyOf(statements);
    // Orders of the first version do not have it.
    adjusted = adjusted == null ? Adjustment.NONE : adjusted;
    approved = approved == null ? Optional.empty() : approved;
  }

  /** One that was not approved as something. */
  public StepOrder(
      WorkOrder work,
      Step step,
      List<SignedStatement> statements,
      Adjustment adjusted,
      boolean accepted) {
    this(work, step, statements, adjusted, accepted, Optional.empty());
  }

  /** One that nobody adjusted. */
  public StepOrder(WorkOrder work, Step step, List<SignedStatement> statements) {
    this(work, step, statements, Adjustment.NONE, false);
  }
}
