package io.lockkeeper.deploy.cli;

import io.lockkeeper.deploy.standalone.Standalone;
import io.lockkeeper.deploy.standalone.StandaloneOptions;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lockkeeper up}: everything in one process, until it is told to end. */
@Command(
    name = "up",
    description = "Run everything here: API, workers, Temporal, PostgreSQL.",
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private UpOptions options = new UpOptions();

  @Override
  public Integer call() {
    StandaloneOptions wanted = options.up();
    Logging.none();
    Lifetime lifetime = new Lifetime();
    Standalone standalone =
        lifetime.own(Standalone.start(wanted, System.err, () -> Logging.ofInstallation(wanted)));
    spec.commandLine().getOut().println(standalone.ready());
    spec.commandLine().getOut().flush();
    waitForEver();
    return Exit.REACHED;
  }

  static void waitForEver() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
