package io.lockkeeper.promotion;

import io.lockkeeper.activity.WorkOrder;
import io.lockkeeper.signoff.SignedStatement;
import java.util.List;

/**
 * What a person asks for after a rollback by option B.
 *
 * @param work the stage that had applied the change
 * @param person who asks, and why: for the journal; the worker believes the statement alone
 * @param statements the start and the signed {@code swapBack}
 * @param writer under which it writes into the journal; another one for each statement
 */
public record SwapBackOrder(
    WorkOrder work, String person, String reason, List<SignedStatement> statements, String writer) {
  public SwapBackOrder {
    statements = List.copyOf(statements);
  }
}
