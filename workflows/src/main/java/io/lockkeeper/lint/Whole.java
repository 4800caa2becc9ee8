package io.lockkeeper.lint;

import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.ObjectChange;
import io.lockkeeper.section.ObjectChange.Act;
import io.lockkeeper.section.ObjectKind;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.TableAction;
import io.lockkeeper.section.TableAction.RowSecurity;
import io.lockkeeper.section.Token;
import io.lockkeeper.section.Unit;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What the sections of a change do, wherever that stands. */
final class Whole {
  private final Set<QualifiedName> withPolicy = new HashSet<>();
  private final Set<QualifiedName> secured = new HashSet<>();
  private final Set<String> sleepers = new HashSet<>();
  private boolean buildsConcurrently;

  static Whole of(List<SectionScript> scripts) {
    Whole whole = new Whole();
    scripts.stream()
        .filter(script -> !script.back())
        .flatMap(script -> script.units().stream())
        .flatMap(unit -> unit.statements().stream())
        .forEach(whole::add);
    return whole;
  }

  private void add(Unit.Part part) {
    Meaning meaning = part.meaning();
    buildsConcurrently |=
        (meaning instanceof Meaning.CreateIndex index && index.concurrently())
            || (meaning instanceof Meaning.Reindex reindex && reindex.concurrently());
    if (meaning instanceof ObjectChange.OnTable policy
        && policy.of() == ObjectKind.POLICY
        && policy.act() == Act.CREATE) {
      withPolicy.add(Names.known(policy.table()));
    } else if (meaning instanceof Meaning.AlterTable alter
        && alter.actions().contains(new TableAction.RowSecurity(RowSecurity.Switch.ENABLE))) {
      secured.add(Names.known(alter.table()));
    } else if (meaning instanceof ObjectChange.CreateRoutine routine
        && Calls.in(part.statement().tokens()).anyMatch(Calls::sleeps)) {
      sleepers.add(routine.signature().name().name().toLowerCase(Locale.ROOT));
    }
  }

  boolean buildsConcurrently() {
    return buildsConcurrently;
  }

  boolean hasPolicy(QualifiedName table) {
    return withPolicy.contains(Names.known(table));
  }

  boolean secures(QualifiedName table) {
    return secured.contains(Names.known(table));
  }

  /** Whether a call takes as long as it is told: it sleeps, or watches. */
  boolean lasts(Token call) {
    return Calls.sleeps(call)
        || Calls.monitors(call)
        || sleepers.contains(call.text().toLowerCase(Locale.ROOT));
  }
}
