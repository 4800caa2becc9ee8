package io.lockkeeper.activities.step;

import io.lockkeeper.activities.postgres.LookAround.Reach;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.Section;
import io.lockkeeper.plan.SectionUnits;
import io.lockkeeper.section.Inverse;
import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.TableAction;
import io.lockkeeper.section.Unit;
import io.lockkeeper.section.WayBack;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What each section reads or writes whole, forward and back: its time grows with these. */
final class Reaches {
  private Reaches() {}

  /** In the order of the sections, with the one that nobody writes. */
  static List<Reach> of(Bundle bundle, EnvironmentPlan plan) {
    List<Reach> reaches = new ArrayList<>();
    for (Section section : plan.sections()) {
      reaches.add(reach(bundle, plan, section));
    }
    List<Unit> analyze = SectionUnits.of(bundle, plan.environment(), SectionUnits.ANALYZE);
    if (!analyze.isEmpty()) {
      reaches.add(new Reach(SectionUnits.ANALYZE, whole(meanings(analyze)), List.of()));
    }
    return reaches;
  }

  private static Reach reach(Bundle bundle, EnvironmentPlan plan, Section section) {
    List<Meaning> forward = meanings(SectionUnits.of(bundle, plan.environment(), section.name()));
    List<QualifiedName> back =
        section.down().isPresent()
            ? whole(meanings(SectionUnits.down(bundle, plan.environment(), section.name())))
            : back(forward, section.losesData());
    return new Reach(section.name(), whole(forward), back);
  }

  private static List<Meaning> meanings(List<Unit> units) {
    return units.stream()
        .flatMap(unit -> unit.statements().stream())
        .map(Unit.Part::meaning)
        .toList();
  }

  private static List<QualifiedName> whole(List<Meaning> meanings) {
    Set<QualifiedName> relations = new LinkedHashSet<>();
    meanings.stream().filter(Reaches::grows).forEach(one -> relations.addAll(relations(one)));
    return List.copyOf(relations);
  }

  private static List<QualifiedName> back(List<Meaning> forward, boolean losesData) {
    Set<QualifiedName> relations = new LinkedHashSet<>();
    for (Meaning meaning : forward) {
      WayBack back = Inverse.wayBack(meaning, losesData);
      if (back instanceof WayBack.Derived derived) {
        derived.statements().forEach(sql -> relations.addAll(whole(meanings(Unit.read(sql)))));
      } else if (back instanceof WayBack.FromCatalog && makesAgain(meaning)) {
        relations.addAll(relations(meaning));
      }
    }
    return List.copyOf(relations);
  }

  /** What the catalog tells is a matter of the catalog alone, but for what has to be built. */
  private static boolean makesAgain(Meaning meaning) {
    return meaning instanceof Meaning.DropIndex
        || (meaning instanceof Meaning.AlterTable alter
            && alter.actions().stream().anyMatch(a -> a instanceof TableAction.DropConstraint));
  }

  private static boolean grows(Meaning meaning) {
    return switch (meaning.effect()) {
      case CATALOG, DESTROYS -> false;
      case SCANS, BUILDS, REWRITES, CHANGES_ROWS, UNKNOWN -> true;
    };
  }

  /** An index that is dropped has no table in its statement, and tells its own size. */
  private static List<QualifiedName> relations(Meaning meaning) {
    return meaning instanceof Meaning.DropIndex drop
        ? drop.indexes()
        : List.copyOf(meaning.touchedTables());
  }
}
