package io.lockkeeper.activities.statements;

import io.lockkeeper.step.StatementChanges.Count;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What the server had counted of one database's statements at one moment, without those of the role
 * that looked.
 *
 * @param at on the target's clock
 * @param reset when it began to count; absent where it does not tell
 * @param dropped how often it dropped statements for lack of room since then; zero where it does
 *     not tell
 * @param whole whether none is left out
 * @param statements by queryid
 */
record StatementCounts(
    Instant at,
    Optional<Instant> reset,
    long dropped,
    boolean whole,
    Map<String, Count> statements) {
  StatementCounts {
    statements = Map.copyOf(statements);
  }
}
