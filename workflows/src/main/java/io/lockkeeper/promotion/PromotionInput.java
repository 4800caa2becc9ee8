package io.lockkeeper.promotion;

import io.lockkeeper.journal.Event;
import io.lockkeeper.plan.Flight;
import io.lockkeeper.signoff.SignedStatement;
import java.time.Instant;
import java.util.Set;

/**
 * What a promotion starts with.
 *
 * @param id of the promotion and its workflow
 * @param change hash of the bundle
 * @param requested the first event of the journal, which the API has written
 * @param statement the signed start
 * @param trustedKeys whose statements count here
 * @param author who pushed the change: may not sign it
 */
public record PromotionInput(
    String id,
    String change,
    Event.Requested requested,
    Instant requestedAt,
    Flight flight,
    SignedStatement statement,
    Set<String> trustedKeys,
    String author) {
  public PromotionInput {
    trustedKeys = Set.copyOf(trustedKeys);
  }
}
