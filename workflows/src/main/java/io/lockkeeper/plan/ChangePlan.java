package io.lockkeeper.plan;

import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.Section;
import io.lockkeeper.environment.Survey;
import io.lockkeeper.section.Inverse;
import io.lockkeeper.section.Unit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a change will do, statement by statement, as people read it before they sign.
 *
 * @param losesData whether any section may lose data
 */
public record ChangePlan(
    String change,
    String hash,
    String why,
    String risk,
    boolean losesData,
    List<EnvironmentSteps> environments) {

  /**
   * What happens in one environment.
   *
   * @param workerPresent whether its worker was heard of; where it was not, nothing is known of it
   * @param settings of our session, as {@code name = value}
   * @param looked what its target looks like now; absent where nobody asked
   */
  public record EnvironmentSteps(
      String environment,
      boolean workerPresent,
      List<String> signOff,
      List<String> precheck,
      String backup,
      List<String> settings,
      List<SectionSteps> sections,
      List<String> soak,
      List<String> watch,
      List<String> rollbackIf,
      Optional<Looked> looked) {

    EnvironmentSteps with(Looked seen) {
      return new EnvironmentSteps(
          environment,
          workerPresent,
          signOff,
          precheck,
          backup,
          settings,
          sections,
          soak,
          watch,
          rollbackIf,
          Optional.of(seen));
    }
  }

  /**
   * What a target looks like now.
   *
   * @param survey absent where it is unavailable
   * @param unavailable why; absent where there is a survey
   */
  public record Looked(Optional<Survey> survey, Optional<String> unavailable) {
    public static Looked at(Survey survey) {
      return new Looked(Optional.of(survey), Optional.empty());
    }

    public static Looked unavailable(String why) {
      return new Looked(Optional.empty(), Optional.of(why));
    }
  }

  /** One section with its statements. */
  public record SectionSteps(String section, boolean losesData, List<StatementSteps> statements) {}

  /**
   * One statement.
   *
   * @param unit place of its unit in the section, from 1
   * @param transactional whether it commits together with others of its unit
   * @param wayBack statements that take it back; empty where there is nothing to take back
   * @param wayBackFrom {@code derived}, the file that gives it, or {@code nothing to take back}
   */
  public record StatementSteps(
      int unit,
      String title,
      String sql,
      boolean transactional,
      List<String> wayBack,
      String wayBackFrom) {}

  /** Why nothing can be said of an environment without its worker. */
  public static final String AWAY = "its worker is away";

  /** The same, with what was seen in each environment. */
  public ChangePlan with(Map<String, Looked> looked) {
    return new ChangePlan(
        change,
        hash,
        why,
        risk,
        losesData,
        environments.stream()
            .map(e -> looked.containsKey(e.environment()) ? e.with(looked.get(e.environment())) : e)
            .toList());
  }

  /**
   * @param environment only this one, where it is given
   * @param present environments whose worker is there
   * @throws FlightRefused where the change does not go there
   */
  public static ChangePlan of(Bundle bundle, Optional<String> environment, Set<String> present) {
    if (environment.isPresent() && bundle.change().environment(environment.get()).isEmpty()) {
      throw new FlightRefused("the change does not go through \"" + environment.get() + "\"");
    }
    List<EnvironmentSteps> environments = new ArrayList<>();
    for (EnvironmentPlan plan : bundle.change().through()) {
      if (environment.isEmpty() || environment.get().equals(plan.environment())) {
        environments.add(steps(bundle, plan, present.contains(plan.environment())));
      }
    }
    boolean loses =
        bundle.change().through().stream()
            .flatMap(plan -> plan.sections().stream())
            .anyMatch(Section::losesData);
    return new ChangePlan(
        bundle.change().name(),
        bundle.hash(),
        bundle.change().why(),
        bundle.change().risk().name().toLowerCase(Locale.ROOT),
        loses,
        environments);
  }

  private static EnvironmentSteps steps(Bundle bundle, EnvironmentPlan plan, boolean present) {
    List<SectionSteps> sections = new ArrayList<>();
    for (Section section : plan.sections()) {
      sections.add(steps(bundle, plan, section));
    }
    return new EnvironmentSteps(
        plan.environment(),
        present,
        plan.signOff().map(rule -> rule.roles()).orElse(List.of()),
        plan.precheck().stream().map(ExpandedText::line).toList(),
        plan.backup().name().toLowerCase(Locale.ROOT),
        plan.settings().entrySet().stream().map(s -> s.getKey() + " = " + s.getValue()).toList(),
        sections,
        plan.soak().stream().map(ExpandedText::line).toList(),
        plan.watch().stream().map(ExpandedText::line).toList(),
        plan.rollbackIf().stream().map(ExpandedText::line).toList(),
        Optional.empty());
  }

  private static SectionSteps steps(Bundle bundle, EnvironmentPlan plan, Section section) {
    List<StatementSteps> statements = new ArrayList<>();
    for (Unit unit : SectionUnits.of(bundle, plan.environment(), section.name())) {
      for (Unit.Part part : unit.statements()) {
        List<String> derived = Inverse.of(part.meaning()).orElse(List.of());
        boolean given = section.down().isPresent();
        statements.add(
            new StatementSteps(
                unit.number(),
                part.meaning().title(),
                part.statement().text(),
                unit.transactional(),
                given ? down(bundle, plan, section) : derived,
                given
                    ? section.down().get()
                    : derived.isEmpty() ? "nothing to take back" : "derived"));
      }
    }
    return new SectionSteps(section.name(), section.losesData(), statements);
  }

  private static List<String> down(Bundle bundle, EnvironmentPlan plan, Section section) {
    List<Unit> units = SectionUnits.down(bundle, plan.environment(), section.name());
    if (units.isEmpty()) {
      return Collections.emptyList();
    }
    return units.stream()
        .flatMap(unit -> unit.statements().stream())
        .map(part -> part.statement().text())
        .toList();
  }
}
