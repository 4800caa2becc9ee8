package io.lockkeeper.plan;

import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.Section;
import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.ObjectChange;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.TableAction;
import io.lockkeeper.section.Unit;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

/** The units of a change's sections, with the one that the engine adds. */
public final class SectionUnits {
  /** See {@link Section#ANALYZE}. */
  public static final String ANALYZE = Section.ANALYZE;

  private SectionUnits() {}

  /**
   * Units of one section; none for {@link #ANALYZE} where the change analyzes its tables itself.
   *
   * @throws NoSuchElementException where the environment or the section does not exist
   */
  public static List<Unit> of(Bundle bundle, String environment, String section) {
    EnvironmentPlan plan = plan(bundle, environment);
    if (section.equals(ANALYZE)) {
      return analyze(bundle, plan);
    }
    return Unit.read(bundle.text(find(plan, section).file()));
  }

  /** The script that takes a section back, where its author gave one. */
  public static List<Unit> down(Bundle bundle, String environment, String section) {
    if (section.equals(ANALYZE)) {
      return List.of();
    }
    return find(plan(bundle, environment), section)
        .down()
        .map(file -> Unit.read(bundle.text(file)))
        .orElse(List.of());
  }

  /** Whether all of a section can be taken back; what is kept by a rollback may have no way. */
  public static boolean takesBack(Bundle bundle, Section section) {
    return Unit.read(bundle.text(section.file())).stream()
        .flatMap(unit -> unit.statements().stream())
        .allMatch(part -> section.takesBack(part.meaning()));
  }

  /** Tables that a change touches in an environment, in the order of its statements. */
  public static Set<QualifiedName> touched(Bundle bundle, String environment) {
    Set<QualifiedName> touched = new LinkedHashSet<>();
    for (Section section : plan(bundle, environment).sections()) {
      Unit.read(bundle.text(section.file())).stream()
          .flatMap(unit -> unit.statements().stream())
          .forEach(part -> touched.addAll(part.meaning().touchedTables()));
    }
    return touched;
  }

  private static List<Unit> analyze(Bundle bundle, EnvironmentPlan plan) {
    Set<QualifiedName> stale = new LinkedHashSet<>();
    Set<QualifiedName> temporary = new HashSet<>();
    for (Section section : plan.sections()) {
      for (Unit unit : Unit.read(bundle.text(section.file()))) {
        for (Unit.Part part : unit.statements()) {
          stale.addAll(part.meaning().touchedTables());
          removeGone(stale, temporary, part.meaning());
        }
      }
    }
    stale.removeAll(temporary);
    StringBuilder script = new StringBuilder();
    stale.forEach(table -> script.append("ANALYZE ").append(table.sql()).append(";\n"));
    return Unit.read(script.toString());
  }

  /** Analyzed by the change itself, dropped, called otherwise, or seen by nobody else. */
  private static void removeGone(
      Set<QualifiedName> stale, Set<QualifiedName> temporary, Meaning meaning) {
    if (meaning instanceof Meaning.Maintain maintain && maintain.analyzes()) {
      stale.removeAll(maintain.tables());
    } else if (meaning instanceof ObjectChange.Drop drop && drop.of().relation()) {
      stale.removeAll(drop.names());
    } else if (meaning instanceof ObjectChange.Create create) {
      temporary.addAll(
          create.name().schema().filter("pg_temp"::equals).isPresent()
              ? List.of(QualifiedName.of(create.name().name()), create.name())
              : List.of());
    } else if (meaning instanceof Meaning.AlterTable alter) {
      alter.actions().forEach(action -> renamed(stale, alter.table(), action));
    }
  }

  private static void renamed(Set<QualifiedName> stale, QualifiedName table, TableAction action) {
    if (action instanceof TableAction.Rename rename && stale.remove(table)) {
      stale.add(new QualifiedName(table.schema(), rename.to()));
    } else if (action instanceof TableAction.SetSchema moved && stale.remove(table)) {
      stale.add(QualifiedName.of(moved.schema(), table.name()));
    }
  }

  private static EnvironmentPlan plan(Bundle bundle, String environment) {
    return bundle
        .change()
        .environment(environment)
        .orElseThrow(() -> new NoSuchElementException("no environment " + environment));
  }

  private static Section find(EnvironmentPlan plan, String section) {
    return plan.sections().stream()
        .filter(s -> s.name().equals(section))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("no section " + section));
  }
}
