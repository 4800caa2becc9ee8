package io.lockkeeper.lint;

import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.ObjectChange.Act;
import io.lockkeeper.section.ObjectChange.CreateRoutine;
import io.lockkeeper.section.ObjectChange.OnTable;
import io.lockkeeper.section.ObjectChange.Settle;
import io.lockkeeper.section.ObjectKind;
import io.lockkeeper.section.TableAction;
import io.lockkeeper.section.TableAction.RowSecurity;
import io.lockkeeper.section.Token;
import java.util.List;
import java.util.Optional;

/** Who may do what: functions with their owner's rights, row-level security, roles. */
final class RightsRules {
  private static final TableAction ENABLE = new RowSecurity(RowSecurity.Switch.ENABLE);

  private RightsRules() {}

  static void check(Place place) {
    if (place.meaning() instanceof CreateRoutine routine && routine.securityDefiner()) {
      definer(place, routine);
    } else if (place.meaning() instanceof Meaning.AlterTable alter
        && alter.actions().contains(ENABLE)
        && !place.whole().hasPolicy(alter.table())) {
      place.tell(
          Hazard.RLS_WITHOUT_POLICY,
          "row-level security of "
              + alter.table().text()
              + " is enabled, and this change makes no"
              + " policy for it: where there is none, nobody but the owner sees a row");
    } else if (place.meaning() instanceof OnTable policy
        && policy.of() == ObjectKind.POLICY
        && policy.act() == Act.CREATE
        && place.before().made(policy.table())
        && !place.whole().secures(policy.table())) {
      place.tell(
          Hazard.POLICY_WITHOUT_RLS,
          "the policy "
              + policy.name()
              + " binds nobody: row-level security of "
              + policy.table().text()
              + " is not enabled",
          "ALTER TABLE " + Names.sql(policy.table()) + " ENABLE ROW LEVEL SECURITY;");
    } else if (place.meaning() instanceof Settle || place.meaning() instanceof Meaning.Other) {
      role(place);
    }
  }

  private static void definer(Place place, CreateRoutine routine) {
    String name = routine.signature().name().text();
    if (routine.searchPath().isEmpty()) {
      place.tell(
          Hazard.DEFINER_SEARCH_PATH,
          name + " runs with its owner's rights and its caller's search_path: fix it",
          "ALTER "
              + routine.of().sql()
              + " "
              + routine.signature().identity()
              + " SET search_path = pg_catalog, public, pg_temp;");
    } else {
      place.tell(Hazard.SECURITY_DEFINER, name + " runs with its owner's rights");
    }
  }

  private static void role(Place place) {
    List<Token> tokens = place.tokens();
    boolean role =
        Words.begins(tokens, "create", "role")
            || Words.begins(tokens, "alter", "role")
            || Words.begins(tokens, "create", "user")
            || Words.begins(tokens, "alter", "user");
    if (!role) {
      return;
    }
    tokens.stream()
        .filter(token -> Words.is(token, "bypassrls") || Words.is(token, "superuser"))
        .findFirst()
        .ifPresent(
            token ->
                place.tell(
                    Hazard.BYPASS_RLS,
                    token,
                    "no policy binds the role " + tokens.get(2).text() + " any more",
                    Optional.empty()));
  }
}
