package io.lockkeeper.activities.step;

import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activities.step.GrantCheck.RefusedException;
import io.lockkeeper.environment.TargetIdentity;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.BadStatementException;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.signoff.Statement;
import io.lockkeeper.signoff.Statement.Option;
import io.lockkeeper.signoff.Statement.TargetGrant;
import io.lockkeeper.signoff.Verifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether signed statements let a backup take the place of a database. Believes only signatures by
 * keys of the worker's own file, as {@link GrantCheck} does. Pure.
 */
final class RestoreCheck {
  private final EnvironmentSettings environment;
  private final List<TargetIdentity> line;
  private final Instant now;

  /**
   * @param line where we are really connected, and in whose place that stands: a start that was
   *     signed for one of them goes on after the swap
   * @param now on the target's clock
   */
  RestoreCheck(EnvironmentSettings environment, List<TargetIdentity> line, Instant now) {
    this.environment = environment;
    this.line = List.copyOf(line);
    this.now = now;
  }

  /**
   * What asks for the restore, or for the database from before.
   *
   * @param roles one of which asks for it, as the bundle says
   * @throws RefusedException with the reason, for people
   */
  Statement check(
      Action action,
      String promotion,
      String change,
      List<String> roles,
      List<SignedStatement> signed)
      throws RefusedException {
    List<Statement> statements = verified(signed);
    for (Statement statement : statements) {
      refuse(!statement.promotion().equals(promotion), "a statement is about another promotion");
      refuse(!statement.change().equals(change), "a statement is about another change");
      refuse(!statement.expires().isAfter(now), "a statement has expired");
    }
    Statement start = only(statements, Action.PROMOTE, "start");
    TargetGrant grant =
        start
            .grant(environment.name())
            .orElseThrow(
                () -> new RefusedException("the start does not name " + environment.name()));
    refuse(
        !line.contains(grant.identity()),
        "the start is for the database "
            + grant.identity().text()
            + " and this is "
            + line.get(0).text());
    Statement asked = only(statements, action, action.text());
    refuse(
        action == Action.ROLLBACK && !asked.option().equals(Optional.of(Option.B)),
        "nobody asked for option B");
    refuse(
        !asked.environment().equals(Optional.of(environment.name())),
        "the " + action.text() + " is not asked for in " + environment.name());
    String what = action == Action.ROLLBACK ? "option B" : "the " + action.text();
    refuse(
        asked.person().equals(start.person()),
        asked.person() + " has started the promotion: " + what + " takes a second person");
    refuse(
        asked.role().filter(roles::contains).isEmpty(),
        asked.person() + " asked for " + what + " without the role " + String.join(" or ", roles));
    return asked;
  }

  private List<Statement> verified(List<SignedStatement> signed) throws RefusedException {
    Verifier verifier = new Verifier(environment.trustedKeys());
    List<Statement> statements = new ArrayList<>();
    for (SignedStatement one : signed) {
      try {
        statements.add(verifier.verify(one));
      } catch (BadStatementException e) {
        throw new RefusedException(e.text());
      }
    }
    return statements;
  }

  private static Statement only(List<Statement> statements, Action action, String what)
      throws RefusedException {
    List<Statement> found = statements.stream().filter(s -> s.action() == action).toList();
    refuse(found.size() != 1, "there is no signed " + what);
    return found.get(0);
  }

  private static void refuse(boolean wrong, String why) throws RefusedException {
    if (wrong) {
      throw new RefusedException(why);
    }
  }
}
