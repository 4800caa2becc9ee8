package io.lockkeeper.activities.step;

import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.Section;
import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.Unit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a change makes in one environment. */
final class PlannedObjects {
  private PlannedObjects() {}

  static List<CreateIndex> indexes(Bundle bundle, EnvironmentPlan plan) {
    return meanings(bundle, plan).stream()
        .filter(meaning -> meaning instanceof CreateIndex)
        .map(meaning -> (CreateIndex) meaning)
        .toList();
  }

  /** Tables that it touches, each once. */
  static List<QualifiedName> tables(Bundle bundle, EnvironmentPlan plan) {
    Set<QualifiedName> tables = new LinkedHashSet<>();
    meanings(bundle, plan).forEach(meaning -> tables.addAll(meaning.touchedTables()));
    return List.copyOf(tables);
  }

  private static List<Meaning> meanings(Bundle bundle, EnvironmentPlan plan) {
    List<Meaning> meanings = new ArrayList<>();
    for (Section section : plan.sections()) {
      for (Unit unit : Unit.read(bundle.text(section.file()))) {
        unit.statements().forEach(part -> meanings.add(part.meaning()));
      }
    }
    return meanings;
  }
}
