package io.lockkeeper.activities.step;

import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.environment.TargetIdentity;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.BadStatementException;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.signoff.Statement;
import io.lockkeeper.signoff.Statement.Decision;
import io.lockkeeper.signoff.Statement.TargetGrant;
import io.lockkeeper.signoff.Verifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether signed statements let a change into a target. The last wall: it believes neither the API
 * nor the workflow, only signatures by keys of the worker's own file. Pure.
 */
final class GrantCheck {
  /** How long an approval is good where nothing shorter is written. */
  private static final Duration VALID_FOR = Duration.ofDays(7);

  private final EnvironmentSettings environment;
  private final TargetIdentity identity;
  private final Instant now;

  /**
   * @param identity where we are really connected
   * @param now on the target's clock
   */
  GrantCheck(EnvironmentSettings environment, TargetIdentity identity, Instant now) {
    this.environment = environment;
    this.identity = identity;
    this.now = now;
  }

  /** What was granted. */
  record Granted(String evidence, List<String> signedBy, List<String> nonces, Instant validUntil) {}

  /** Why it is refused. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }

    String text() {
      return String.valueOf(getMessage());
    }
  }

  /**
   * @throws RefusedException with the reason, for people
   */
  Granted check(String promotion, String change, List<SignedStatement> signed)
      throws RefusedException {
    List<Statement> statements = new ArrayList<>();
    Verifier verifier = new Verifier(environment.trustedKeys());
    for (SignedStatement one : signed) {
      try {
        statements.add(verifier.verify(one));
      } catch (BadStatementException e) {
        throw new RefusedException(e.text());
      }
    }
    for (Statement statement : statements) {
      refuse(!statement.promotion().equals(promotion), "a statement is about another promotion");
      refuse(!statement.change().equals(change), "a statement is about another change");
      refuse(!statement.expires().isAfter(now), "a statement has expired");
    }
    Statement start = start(statements);
    TargetGrant grant =
        start
            .grant(environment.name())
            .orElseThrow(
                () -> new RefusedException("the start does not name " + environment.name()));
    refuse(
        !grant.identity().equals(identity),
        "the start is for the database "
            + grant.identity().text()
            + " and this is "
            + identity.text());
    refuse(
        start.shortened() && !environment.sandbox(),
        "times were shortened, and " + environment.name() + " is no sandbox by this worker's file");
    return approved(start, grant, statements);
  }

  private static Statement start(List<Statement> statements) throws RefusedException {
    List<Statement> starts = statements.stream().filter(s -> s.action() == Action.PROMOTE).toList();
    refuse(starts.size() != 1, "there is no signed start");
    return starts.get(0);
  }

  private Granted approved(Statement start, TargetGrant grant, List<Statement> statements)
      throws RefusedException {
    Set<String> persons = new HashSet<>(Set.of(start.person()));
    Set<String> evidence = new HashSet<>();
    List<String> signedBy = new ArrayList<>();
    List<String> nonces = new ArrayList<>(List.of(start.nonce()));
    Instant validUntil = start.issued().plus(VALID_FOR.multipliedBy(4));
    for (String role : grant.roles()) {
      Statement approval = approval(role, statements);
      refuse(
          !persons.add(approval.person()),
          approval.person() + " asked for it or signed twice: one person, one role");
      evidence.add(approval.evidence().orElse(""));
      signedBy.add(approval.person() + " as " + role);
      nonces.add(approval.nonce());
      Instant until = approval.issued().plus(VALID_FOR);
      validUntil = until.isBefore(validUntil) ? until : validUntil;
    }
    refuse(evidence.size() > 1, "the approvals are for different evidence");
    refuse(
        !validUntil.isAfter(now), "the approvals are older than " + VALID_FOR.toDays() + " days");
    signedBy.add(start.person() + " who started it");
    return new Granted(evidence.stream().findFirst().orElse(""), signedBy, nonces, validUntil);
  }

  private Statement approval(String role, List<Statement> statements) throws RefusedException {
    Optional<Statement> found =
        statements.stream()
            .filter(s -> s.action() == Action.SIGN_OFF)
            .filter(s -> s.role().equals(Optional.of(role)))
            .filter(s -> s.environment().equals(Optional.of(environment.name())))
            .filter(s -> s.decision().equals(Optional.of(Decision.APPROVE)))
            .filter(s -> s.evidence().isPresent())
            .findFirst();
    return found.orElseThrow(() -> new RefusedException("the role " + role + " has not approved"));
  }

  private static void refuse(boolean wrong, String why) throws RefusedException {
    if (wrong) {
      throw new RefusedException(why);
    }
  }
}
