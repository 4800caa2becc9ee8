package io.lockkeeper.deploy.cli;

import io.lockkeeper.deploy.demo.Demo;
import io.lockkeeper.deploy.demo.Demo.Hand;
import io.lockkeeper.deploy.demo.Demo.Scenario;
import io.lockkeeper.deploy.standalone.Standalone;
import io.lockkeeper.deploy.standalone.StandaloneOptions;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockkeeper demo}. */
@Command(
    name = "demo",
    description = "Carry the Magnus example from dev to production before your eyes.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Mixin private UpOptions options = new UpOptions();

  @Option(names = "--yes", description = "the four demo people sign by themselves")
  private boolean yes;

  @Option(names = "--keep", description = "leave everything running afterwards")
  private boolean keep;

  @Option(
      names = "--scenario",
      defaultValue = "clean",
      description = "${COMPLETION-CANDIDATES}: breach makes the application slow in production")
  private Scenario scenario = Scenario.clean;

  @Override
  public Integer call() {
    StandaloneOptions wanted = options.demo();
    Logging.none();
    Lifetime lifetime = new Lifetime();
    long began = System.nanoTime();
    Standalone standalone =
        lifetime.own(Standalone.start(wanted, System.err, () -> Logging.ofInstallation(wanted)));
    Hand hand = !yes && Terminal.present() ? DemoCommand::ask : (role, person) -> true;
    Demo demo =
        new Demo(
            standalone.url(),
            standalone.temporalUi(),
            standalone.adminToken(),
            wanted.data(),
            System.out,
            hand);
    boolean reached = demo.run(scenario);
    System.out.println("took " + Waiting.seconds((System.nanoTime() - began) / 1e9));
    System.out.flush();
    if (keep) {
      System.out.println(standalone.ready());
      System.out.println("administrator's token: " + wanted.data().resolve("admin-token"));
      System.out.flush();
      UpCommand.waitForEver();
    }
    return reached ? Exit.REACHED : Exit.OTHERWISE;
  }

  private static boolean ask(String role, String person) {
    String answer = Terminal.ask(person + " signs as " + role + ": approve? [Y/n] ");
    return !answer.toLowerCase(Locale.ROOT).startsWith("n");
  }
}
