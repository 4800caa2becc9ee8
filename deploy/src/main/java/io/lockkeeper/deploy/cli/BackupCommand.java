package io.lockkeeper.deploy.cli;

import io.lockkeeper.activities.backup.Backups;
import io.lockkeeper.activities.backup.Manifest;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.change.BackupName;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.worker.configuration.EnvironmentsFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lockkeeper backup}: what a schedule runs on the worker's machine. */
@Command(
    name = "backup",
    description =
        "Take a backup of a target by the worker's file, for no promotion: for cron or a timer."
            + " Prints its name.",
    mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--environments",
      required = true,
      defaultValue = "${env:LOCKKEEPER_ENVIRONMENTS}",
      description = "file with environments, their targets and where their passwords are")
  private Path file = Path.of("environments.yaml");

  @Option(names = "--environment", required = true, description = "name of one in the file")
  private String environment = "";

  @Option(names = "--target", description = "name of its target (its only one)")
  private Optional<String> target = Optional.empty();

  @Option(
      names = "--name",
      defaultValue = BackupName.USUAL,
      description = "pattern of the backup's name (${DEFAULT-VALUE})")
  private String name = BackupName.USUAL;

  @Option(
      names = "--verify",
      description = "read it in full, restore it into a scratch database and compare its rows")
  private boolean verify;

  @Override
  public Integer call() {
    EnvironmentSettings settings = environment();
    try (Target database = new Target(environment, settings.target(target))) {
      Manifest taken =
          new Backups(database, environment, new Running()).takeRegular(pattern(), verify);
      spec.commandLine().getOut().println(taken.id());
      spec.commandLine().getOut().flush();
      return Exit.REACHED;
    }
  }

  private String pattern() {
    try {
      return BackupName.parse(name);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--name: " + e.getMessage(), e);
    }
  }

  private EnvironmentSettings environment() {
    List<EnvironmentSettings> all = EnvironmentsFile.read(file.toString(), Texts.read(file));
    return all.stream()
        .filter(settings -> settings.name().equals(environment))
        .findFirst()
        .orElseThrow(
            () ->
                new LockkeeperException(
                    FailureCode.CONFIGURATION,
                    "backing up a target of " + environment,
                    "the file has only " + all.stream().map(EnvironmentSettings::name).toList(),
                    "nothing was done",
                    "Name one of those"));
  }
}
