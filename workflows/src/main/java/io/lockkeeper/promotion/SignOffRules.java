package io.lockkeeper.promotion;

import io.lockkeeper.signoff.Statement;
import io.lockkeeper.signoff.Statement.Decision;
import java.time.Instant;
import java.util.Optional;

/** Whether a sign-off counts at the open gate. Pure; the signature has been verified before. */
final class SignOffRules {
  private SignOffRules() {}

  /**
   * Why it does not count; nothing where it does.
   *
   * @param author who pushed the change
   */
  static Optional<String> whyNot(
      PromotionState state, String author, Statement statement, Instant now) {
    String role = statement.role().orElse("");
    if (state.pending().stream().noneMatch(pending -> pending.role().equals(role))) {
      boolean already = state.signed().stream().anyMatch(signed -> signed.role().equals(role));
      return Optional.of(
          already
              ? "the role " + role + " has signed already"
              : "nobody waits for the role " + (role.isEmpty() ? "(none given)" : role));
    }
    String person = statement.person();
    if (person.equals(state.requestedBy())) {
      return Optional.of(person + " asked for this promotion and so cannot sign it off");
    }
    if (person.equals(author)) {
      return Optional.of(person + " pushed this change and so cannot sign it off");
    }
    if (state.signed().stream().anyMatch(signed -> signed.person().equals(person))) {
      return Optional.of(person + " has signed for another role: one person, one role");
    }
    if (!statement.evidence().equals(state.evidenceHash())) {
      return Optional.of("the evidence has changed since it was read: read it again");
    }
    if (!statement.expires().isAfter(now)) {
      return Optional.of("the statement expired at " + statement.expires());
    }
    if (statement.decision().isEmpty()) {
      return Optional.of("the statement holds no decision");
    }
    if (statement.decision().get() == Decision.REFUSE && statement.reason().isBlank()) {
      return Optional.of("a refusal needs a reason");
    }
    return Optional.empty();
  }
}
