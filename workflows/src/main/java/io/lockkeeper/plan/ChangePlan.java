package io.lockkeeper.plan;

import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.Change;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.Section;
import io.lockkeeper.environment.Survey;
import io.lockkeeper.section.Inverse;
import io.lockkeeper.section.LockUse;
import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.Unit;
import io.lockkeeper.section.WayBack;
import io.lockkeeper.step.Written.At;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a change will do, statement by statement, as people read it before they sign.
 *
 * @param losesData whether any section may lose data
 * @param next changes that this one unlocks
 * @param followUps what is left to do at its end, a line each
 */
public record ChangePlan(
    String change,
    String hash,
    String why,
    String risk,
    boolean losesData,
    List<EnvironmentSteps> environments,
    List<String> next,
    List<String> followUps) {
  public ChangePlan {
    // Servers of earlier versions do not tell them.
    followUps = followUps == null ? List.of() : List.copyOf(followUps);
  }

  /**
   * What happens in one environment.
   *
   * @param workerPresent whether its worker was heard of; where it was not, nothing is known of it
   * @param settings of our session, as {@code name = value}
   * @param measures on the target while it is applied, each in a few words
   * @param requires changes that are COMPLETE there before
   * @param forwardOnly why what has no way back goes forward all the same
   * @param leaves what a rollback may leave behind
   * @param waysBack each option: what it does, how long it may take, who asks for it
   * @param before steps before the baseline
   * @param after steps after the sections
   * @param quick what option quick undoes, a line each, in its order; empty where there is no such
   *     option
   * @param quickWithin how long that may take
   * @param rollbackBefore steps of option A before anything is taken back
   * @param rollbackAfter steps of option A after its checks
   * @param looked what its target looks like now; absent where nobody asked
   * @param rehearsal why the way back is rehearsed here; absent where it is not
   * @param forecast how long sections and way back take here, a line each; empty where nobody has
   *     measured them yet
   */
  public record EnvironmentSteps(
      String environment,
      boolean workerPresent,
      List<String> signOff,
      List<String> precheck,
      String backup,
      List<String> settings,
      List<String> measures,
      List<SectionSteps> sections,
      List<String> soak,
      List<String> watch,
      List<String> rollbackIf,
      List<String> requires,
      Optional<String> forwardOnly,
      List<String> leaves,
      List<String> waysBack,
      List<WrittenLines> before,
      List<WrittenLines> after,
      List<String> quick,
      Optional<Duration> quickWithin,
      List<WrittenLines> rollbackBefore,
      List<WrittenLines> rollbackAfter,
      Optional<Looked> looked,
      Optional<String> rehearsal,
      List<String> forecast) {
    public EnvironmentSteps {
      // Servers of earlier versions do not tell them.
      waysBack = waysBack == null ? List.of() : List.copyOf(waysBack);
      before = before == null ? List.of() : List.copyOf(before);
      after = after == null ? List.of() : List.copyOf(after);
      quick = quick == null ? List.of() : List.copyOf(quick);
      rollbackBefore = rollbackBefore == null ? List.of() : List.copyOf(rollbackBefore);
      rollbackAfter = rollbackAfter == null ? List.of() : List.copyOf(rollbackAfter);
      forecast = forecast == null ? List.of() : List.copyOf(forecast);
    }

    EnvironmentSteps with(Optional<Looked> seen, List<String> told) {
      return new EnvironmentSteps(
          environment,
          workerPresent,
          signOff,
          precheck,
          backup,
          settings,
          measures,
          sections,
          soak,
          watch,
          rollbackIf,
          requires,
          forwardOnly,
          leaves,
          waysBack,
          before,
          after,
          quick,
          quickWithin,
          rollbackBefore,
          rollbackAfter,
          seen,
          rehearsal,
          told);
    }
  }

  /**
   * A step that the author wrote.
   *
   * @param step its name: {@code before-1}
   * @param lines what it puts in force, or how long it may take; may be empty
   * @param statements those of a step with SQL; their way back is its undo
   */
  public record WrittenLines(
      String step, String title, List<String> lines, List<StatementSteps> statements) {}

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

  /**
   * One section with its statements.
   *
   * @param losesData whether its author says so, or one of its statements may
   * @param rules how it is applied, a line each; what is usual is left out
   */
  public record SectionSteps(
      String section, boolean losesData, List<StatementSteps> statements, List<String> rules) {}

  /**
   * One statement.
   *
   * @param unit place of its unit in the section, from 1
   * @param transactional whether it commits together with others of its unit
   * @param wayBack statements that take it back; empty where there is nothing to take back
   * @param wayBackFrom {@code derived}, the file that gives it, what the catalog will tell, or why
   *     there is none
   * @param locks that it takes on relations which it names: {@code access exclusive on contacts}
   * @param effect what it costs: {@code catalog only}, {@code scans}, {@code rewrites}, …
   * @param losesData whether rows, columns or values may be gone after it
   */
  public record StatementSteps(
      int unit,
      String title,
      String sql,
      boolean transactional,
      List<String> wayBack,
      String wayBackFrom,
      List<String> locks,
      String effect,
      boolean losesData) {

    static StatementSteps of(Unit unit, Unit.Part part, List<String> wayBack, String from) {
      return new StatementSteps(
          unit.number(),
          part.meaning().title(),
          part.statement().text(),
          unit.transactional(),
          wayBack,
          from,
          part.meaning().locks().stream().map(LockUse::text).toList(),
          part.meaning().effect().text(),
          part.meaning().losesData());
    }
  }

  /** Why nothing can be said of an environment without its worker. */
  public static final String AWAY = "its worker is away";

  /**
   * The same, with what was seen in each environment.
   *
   * @param forecasts how long it takes, by environment, a line each
   */
  public ChangePlan with(Map<String, Looked> looked, Map<String, List<String>> forecasts) {
    return new ChangePlan(
        change,
        hash,
        why,
        risk,
        losesData,
        environments.stream()
            .map(
                e ->
                    e.with(
                        Optional.ofNullable(looked.get(e.environment())),
                        forecasts.getOrDefault(e.environment(), List.of())))
            .toList(),
        next,
        followUps);
  }

  /**
   * @param environment only this one, where it is given
   * @param present environments whose worker is there
   * @throws FlightRefused where the change does not go there
   */
  public static ChangePlan of(Bundle bundle, Optional<String> environment, Set<String> present) {
    return of(bundle, environment, present, Set.of());
  }

  /**
   * As above.
   *
   * @param rehearsedBefore environments before which the policy wants the way back rehearsed
   */
  public static ChangePlan of(
      Bundle bundle,
      Optional<String> environment,
      Set<String> present,
      Set<String> rehearsedBefore) {
    if (environment.isPresent() && bundle.change().environment(environment.get()).isEmpty()) {
      throw new FlightRefused("the change does not go through \"" + environment.get() + "\"");
    }
    List<EnvironmentSteps> environments = new ArrayList<>();
    for (EnvironmentPlan plan : bundle.change().through()) {
      if (environment.isEmpty() || environment.get().equals(plan.environment())) {
        environments.add(
            steps(
                bundle,
                plan,
                present.contains(plan.environment()),
                rehearsal(bundle.change(), plan, rehearsedBefore)));
      }
    }
    boolean loses = environments.stream().anyMatch(ChangePlan::losesData);
    return new ChangePlan(
        bundle.change().name(),
        bundle.hash(),
        bundle.change().why(),
        bundle.change().risk().name().toLowerCase(Locale.ROOT),
        loses,
        environments,
        bundle.change().next().stream().map(Change.Next::sentence).toList(),
        bundle.change().followUps().stream().map(FollowUpLayout::line).toList());
  }

  private static Optional<String> rehearsal(
      Change change, EnvironmentPlan plan, Set<String> rehearsedBefore) {
    int place = change.through().indexOf(plan);
    Optional<String> next =
        change.through().stream()
            .skip(place + 1L)
            .map(EnvironmentPlan::environment)
            .findFirst()
            .filter(rehearsedBefore::contains);
    if (plan.rehearse().isPresent()) {
      return plan.rehearse().get() ? Optional.of("the change says so") : Optional.empty();
    }
    if (place == 0) {
      return Optional.of("it is the first environment, unless that is production");
    }
    return next.map(name -> "the policy wants it before " + name);
  }

  private static boolean losesData(EnvironmentSteps environment) {
    return environment.sections().stream().anyMatch(SectionSteps::losesData)
        || Stream.of(environment.before(), environment.after())
            .flatMap(List::stream)
            .flatMap(step -> step.statements().stream())
            .anyMatch(StatementSteps::losesData);
  }

  private static EnvironmentSteps steps(
      Bundle bundle, EnvironmentPlan plan, boolean present, Optional<String> rehearsal) {
    List<SectionSteps> sections = new ArrayList<>();
    for (Section section : plan.sections()) {
      sections.add(steps(bundle, plan, section));
    }
    return new EnvironmentSteps(
        plan.environment(),
        present,
        plan.signOff().map(rule -> rule.roles()).orElse(List.of()),
        plan.precheck().stream().map(ExpandedText::line).toList(),
        plan.backup().text(),
        plan.settings().entrySet().stream().map(s -> s.getKey() + " = " + s.getValue()).toList(),
        plan.measures().map(ExpandedText::lines).orElse(List.of()),
        sections,
        plan.soak().stream().map(ExpandedText::line).toList(),
        plan.watch().stream().map(ExpandedText::line).toList(),
        plan.rollbackIf().stream().map(ExpandedText::line).toList(),
        plan.requires(),
        plan.forwardOnly(),
        plan.leaves(),
        WaysBackText.of(plan),
        WrittenText.of(plan, At.BEFORE),
        WrittenText.of(plan, At.AFTER),
        WrittenText.quick(plan),
        plan.written().quickWithin(),
        WrittenText.of(plan, At.ROLLBACK_BEFORE),
        WrittenText.of(plan, At.ROLLBACK_AFTER),
        Optional.empty(),
        rehearsal,
        List.of());
  }

  private static SectionSteps steps(Bundle bundle, EnvironmentPlan plan, Section section) {
    List<StatementSteps> statements = new ArrayList<>();
    for (Unit unit : SectionUnits.of(bundle, plan.environment(), section.name())) {
      for (Unit.Part part : unit.statements()) {
        List<String> derived = Inverse.of(part.meaning()).orElse(List.of());
        boolean given = section.down().isPresent();
        boolean kept = section.rules().keep();
        statements.add(
            StatementSteps.of(
                unit,
                part,
                given ? down(bundle, plan, section) : kept ? List.of() : derived,
                wayBackFrom(plan, section, part.meaning())));
      }
    }
    boolean loses = section.losesData() || statements.stream().anyMatch(StatementSteps::losesData);
    return new SectionSteps(section.name(), loses, statements, ExpandedText.lines(section.rules()));
  }

  private static String wayBackFrom(EnvironmentPlan plan, Section section, Meaning meaning) {
    if (section.down().isPresent()) {
      return section.down().get();
    }
    if (section.rules().keep()) {
      return "kept: a rollback leaves it as it is";
    }
    if (!section.takesBack(meaning)) {
      return "NONE, forward-only: " + plan.forwardOnly().orElse("it has no way back");
    }
    return derivation(Inverse.wayBack(meaning, section.losesData()));
  }

  /** Where the way back comes from that nobody has to give. */
  static String derivation(WayBack back) {
    if (back instanceof WayBack.FromCatalog catalog) {
      return "from the catalog when the unit starts: " + catalog.what();
    }
    return back instanceof WayBack.Derived ? "derived" : "nothing to take back";
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
