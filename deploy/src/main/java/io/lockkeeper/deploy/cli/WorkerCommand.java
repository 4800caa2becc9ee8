package io.lockkeeper.deploy.cli;

import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.deploy.standalone.Cache;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.temporal.TemporalConnection;
import io.lockkeeper.worker.WorkerProcess;
import io.lockkeeper.worker.configuration.EnvironmentsFile;
import io.lockkeeper.worker.control.ControlPlane;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lockkeeper worker}: the engine, environments, or both. */
@Command(
    name = "worker",
    description = "Run a worker. Its token comes from LOCKKEEPER_TOKEN.",
    mixinStandardHelpOptions = true)
final class WorkerCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration RETRIES = Duration.ofMinutes(1);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--environments",
      defaultValue = "${env:LOCKKEEPER_ENVIRONMENTS}",
      description = "file with environments, their targets and where their passwords are")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--environment",
      description =
          "name of an environment in the file of --environments: serve only this one; more by"
              + " repeating (all of the file)")
  private List<String> only = List.of();

  @Option(names = "--engine", description = "run workflows here")
  private boolean engine;

  @Option(
      names = "--api",
      required = true,
      defaultValue = "${env:LOCKKEEPER_API}",
      description = "the API, such as http://127.0.0.1:8080")
  private String api = "";

  @Option(
      names = "--cache",
      defaultValue = "${env:LOCKKEEPER_CACHE}",
      description = "folder where blobs are kept (~/.cache/lockkeeper/blobs)")
  private Optional<Path> cache = Optional.empty();

  @Override
  public Integer call() {
    Logging.toConsole();
    List<EnvironmentSettings> environments = environments();
    if (environments.isEmpty() && !engine) {
      throw new ParameterException(spec.commandLine(), "name --environments, or --engine, or both");
    }
    String token =
        Defaults.variable("LOCKKEEPER_TOKEN")
            .orElseThrow(
                () ->
                    new LockkeeperException(
                        FailureCode.CONFIGURATION,
                        "looking for the worker's token",
                        "LOCKKEEPER_TOKEN is not set",
                        "nothing was started",
                        "Make one by lockkeeper token create --person NAME --role worker --service"));
    Lifetime lifetime = new Lifetime();
    TemporalConnection temporal = lifetime.own(TemporalConnection.ofEnvironment(PATIENCE, RETRIES));
    Path folder = cache.orElseGet(() -> Cache.folder().resolve("blobs"));
    lifetime.own(
        WorkerProcess.start(
            temporal,
            new ControlPlane(URI.create(api), token, folder),
            ManagementFactory.getRuntimeMXBean().getName(),
            engine,
            environments));
    spec.commandLine()
        .getOut()
        .println(
            "ready"
                + (engine ? " engine" : "")
                + environments.stream().map(e -> " " + e.name()).reduce("", String::concat));
    spec.commandLine().getOut().flush();
    UpCommand.waitForEver();
    return Exit.REACHED;
  }

  private List<EnvironmentSettings> environments() {
    List<EnvironmentSettings> all =
        file.map(f -> EnvironmentsFile.read(f.toString(), Texts.read(f))).orElse(List.of());
    for (String name : only) {
      if (all.stream().noneMatch(e -> e.name().equals(name))) {
        throw new LockkeeperException(
            FailureCode.CONFIGURATION,
            "serving the environment " + name,
            "the file has only " + all.stream().map(EnvironmentSettings::name).toList(),
            "nothing was started",
            "Name one of those");
      }
    }
    return all.stream().filter(e -> only.isEmpty() || only.contains(e.name())).toList();
  }
}
