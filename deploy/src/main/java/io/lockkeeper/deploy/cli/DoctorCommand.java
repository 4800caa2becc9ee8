package io.lockkeeper.deploy.cli;

import io.lockkeeper.activities.doctor.TargetDoctor;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.json.Json;
import io.lockkeeper.worker.configuration.EnvironmentsFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * {@code lockkeeper doctor}: looks at everything that has to be there, and says what to do. With a
 * worker's file, at its targets as the worker does.
 */
@Command(
    name = "doctor",
    description = {
      "Look at server, token, Temporal, workers and targets; say what to mend.",
      "With --environments, on the worker's machine: look at each target of the file for rights,"
          + " backups, measures and the way back, with the GRANT that mends what is missing."
    },
    mixinStandardHelpOptions = true)
final class DoctorCommand extends ServerCommand implements Callable<Integer> {
  @Option(
      names = "--environments",
      defaultValue = "${env:LOCKKEEPER_ENVIRONMENTS}",
      description = "the worker's file with environments and their targets")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = {"-e", "--environment"},
      description = "only this one")
  private Optional<String> environment = Optional.empty();

  private final List<Line> lines = new ArrayList<>();

  /**
   * One line.
   *
   * @param environment empty where it is about none, as {@code target}
   * @param about what was looked at, in a word
   * @param ok whether nothing is to be done
   */
  record Line(String environment, String target, String about, boolean ok, String sentence) {

    String text() {
      String title = target.isEmpty() ? environment : target + " (" + environment + ")";
      return (ok ? "ok       " : "finding  ")
          + (title.isEmpty() ? "" : title + ", " + about + ": ")
          + sentence;
    }
  }

  /**
   * All of it, as {@code --json} prints it.
   *
   * @param findings how many of them are not ok
   */
  record Result(long findings, List<Line> looks) {}

  @Override
  public Integer call() {
    if (file.isPresent()) {
      targets(file.get());
    } else {
      new ServerDoctor(this::client, environment, this::add).look();
    }
    long findings = lines.stream().filter(line -> !line.ok()).count();
    if (json()) {
      out().println(Json.text(new Result(findings, lines)));
    } else {
      out().println(Texts.counted((int) findings, "finding"));
    }
    return findings == 0 ? Exit.REACHED : Exit.REFUSED;
  }

  private void targets(Path path) {
    List<EnvironmentSettings> all = EnvironmentsFile.read(path.toString(), Texts.read(path));
    List<EnvironmentSettings> meant =
        all.stream().filter(one -> environment.map(one.name()::equals).orElse(true)).toList();
    if (meant.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--environment: the file has only "
              + all.stream().map(EnvironmentSettings::name).toList());
    }
    for (EnvironmentSettings one : meant) {
      for (TargetDoctor.Look look : TargetDoctor.examine(one)) {
        add(
            new Line(
                look.environment(), look.target(), look.about(), look.fine(), look.sentence()));
      }
    }
  }

  private void add(Line line) {
    lines.add(line);
    if (!json()) {
      out().println(line.text());
    }
  }
}
