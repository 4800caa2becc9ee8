package io.lockkeeper.deploy.cli;

import io.lockkeeper.change.Bundle;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.plan.ChangePlan;
import io.lockkeeper.plan.ChangePlan.EnvironmentSteps;
import io.lockkeeper.plan.ChangePlan.SectionSteps;
import io.lockkeeper.plan.ChangePlan.StatementSteps;
import io.lockkeeper.plan.ChangePlan.WrittenLines;
import io.lockkeeper.plan.ExpandedChange;
import io.lockkeeper.plan.FlightRefused;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockkeeper plan}: of a bundle on disk without a server, of a pushed change with one. */
@Command(
    name = "plan",
    description = "Show what a change will do, statement by statement, and its way back.",
    mixinStandardHelpOptions = true)
final class PlanCommand extends ServerCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "BUNDLE|CHANGE",
      defaultValue = ".",
      description = "a folder, a tar.gz, or a pushed change's hash or name")
  private String change = ".";

  @Option(
      names = {"-e", "--environment"},
      description = "only this one")
  private Optional<String> environment = Optional.empty();

  @Option(names = "--expand", description = "print the long form that really runs, as YAML")
  private boolean expand;

  @Override
  public Integer call() {
    if (!BundlePath.exists(change)) {
      return pushed();
    }
    Findings findings = new Findings();
    Optional<Bundle> bundle = BundlePath.read(Path.of(change), findings);
    if (bundle.isEmpty()) {
      findings.all().forEach(finding -> err().println(finding.text()));
      return Exit.REFUSED;
    }
    if (expand) {
      out().print(ExpandedChange.yaml(bundle.get().change()));
      return Exit.REACHED;
    }
    try {
      print(ChangePlan.of(bundle.get(), environment, Set.of()), false);
      return Exit.REACHED;
    } catch (FlightRefused e) {
      err().println("refused: " + e.text());
      return Exit.REFUSED;
    }
  }

  private int pushed() {
    String query = environment.map(name -> "?environment=" + name).orElse("");
    Answer answer = client().get("/changes/" + change + "/plan" + query);
    if (!answer.good()) {
      return refused(answer);
    }
    if (json()) {
      out().println(answer.text());
    } else {
      print(Json.read(answer.text(), ChangePlan.class), true);
    }
    return Exit.REACHED;
  }

  private void print(ChangePlan plan, boolean server) {
    if (json()) {
      out().println(Json.text(plan));
      return;
    }
    out().println("plan for " + plan.change() + " (" + plan.hash() + "), risk " + plan.risk());
    out().println(plan.why());
    out().println("loses data: " + (plan.losesData() ? "YES" : "no"));
    for (EnvironmentSteps steps : plan.environments()) {
      print(steps, server);
    }
    if (!plan.next().isEmpty() || !plan.followUps().isEmpty()) {
      out().println();
      line("follow-up", plan.followUps());
      line("next", plan.next());
    }
  }

  private void print(EnvironmentSteps steps, boolean server) {
    out().println();
    out()
        .println(
            steps.environment()
                + (server && !steps.workerPresent() ? ": unavailable, " + ChangePlan.AWAY : ""));
    line("requires", steps.requires());
    line("sign-off", steps.signOff());
    line("precheck", steps.precheck());
    steps.before().forEach(this::print);
    line("backup", List.of(steps.backup()));
    line("settings", steps.settings());
    line("measures", steps.measures());
    line(
        "rehearsal",
        steps.rehearsal().map(why -> "apply, revert, compare, apply: " + why).stream().toList());
    for (SectionSteps section : steps.sections()) {
      out().println("  section " + section.section() + (section.losesData() ? " LOSES DATA" : ""));
      section.rules().forEach(rule -> out().println("    " + rule));
      section.statements().forEach(this::print);
    }
    steps.after().forEach(this::print);
    line("soak", steps.soak());
    line("watch", steps.watch());
    line("rollback if", steps.rollbackIf());
    line("forecast", steps.forecast());
    line("rollback", steps.waysBack());
    line("option quick", steps.quick());
    line("option quick within", steps.quickWithin().map(Durations::print).stream().toList());
    steps.rollbackBefore().forEach(this::print);
    steps.rollbackAfter().forEach(this::print);
    line("rollback leaves", steps.leaves());
    line("FORWARD-ONLY", steps.forwardOnly().stream().toList());
    steps.looked().ifPresent(looked -> line("now", SurveyText.lines(looked)));
  }

  private void print(WrittenLines step) {
    out().println("  step " + step.step() + ": " + step.title());
    step.lines().forEach(line -> out().println("    " + line));
    step.statements().forEach(this::print);
  }

  private void print(StatementSteps statement) {
    out()
        .println(
            "    "
                + statement.unit()
                + (statement.transactional() ? " in a transaction  " : " alone             ")
                + statement.title()
                + (statement.losesData() ? " LOSES DATA" : ""));
    String locks = String.join(", ", statement.locks());
    out()
        .println(
            "      locks: "
                + (locks.isEmpty() ? "none by name" : locks)
                + "; "
                + statement.effect());
    String back =
        statement.wayBack().isEmpty()
            ? statement.wayBackFrom()
            : String.join("; ", statement.wayBack()) + " (" + statement.wayBackFrom() + ")";
    out().println("      way back: " + back);
  }

  private void line(String what, List<String> values) {
    values.forEach(value -> out().println("  " + what + ": " + value));
  }
}
