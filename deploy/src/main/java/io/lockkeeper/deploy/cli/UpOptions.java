package io.lockkeeper.deploy.cli;

import io.lockkeeper.deploy.standalone.StandaloneOptions;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What {@code up} and {@code demo} both take. */
final class UpOptions {
  @Option(
      names = "--data",
      defaultValue = "${env:LOCKKEEPER_DATA}",
      description =
          "folder where everything is kept (~/.local/share/lockkeeper; the demo:"
              + " ~/.cache/lockkeeper/demo)")
  private Optional<Path> data = Optional.empty();

  @Option(
      names = "--environments",
      defaultValue = "${env:LOCKKEEPER_ENVIRONMENTS}",
      description =
          "file with your environments and their targets; without it three embedded sandboxes")
  private Optional<Path> environments = Optional.empty();

  @Option(
      names = "--policy",
      defaultValue = "${env:LOCKKEEPER_POLICY}",
      description = "house rules instead of the embedded default")
  private Optional<Path> policy = Optional.empty();

  @Option(
      names = "--port",
      defaultValue = "${env:LOCKKEEPER_PORT}",
      description = "of the API (8080; in the demo a free one)")
  private Optional<Integer> port = Optional.empty();

  @Option(
      names = "--ui-port",
      defaultValue = "${env:LOCKKEEPER_UI_PORT}",
      description = "of Temporal's UI (8233; in the demo a free one)")
  private Optional<Integer> uiPort = Optional.empty();

  @Option(
      names = "--example",
      defaultValue = "${env:LOCKKEEPER_EXAMPLE}",
      description = "load an example: magnus, contacts, dashboard, menuca")
  private Optional<String> example = Optional.empty();

  @Option(
      names = "--ephemeral",
      description =
          "where no Temporal can be found or built: run on one in this process, which forgets all"
              + " promotions at the end")
  private boolean ephemeral;

  @Option(
      names = "--fixture-scale",
      defaultValue = "1",
      hidden = true,
      description = "share of the example's rows, for tests")
  private double fixtureScale = 1;

  StandaloneOptions up() {
    return new StandaloneOptions(
        Defaults.home(),
        data.orElseGet(Defaults::data),
        environments,
        policy,
        port.orElse(8080),
        uiPort.orElse(8233),
        example,
        ephemeral,
        fixtureScale,
        false);
  }

  StandaloneOptions demo() {
    return new StandaloneOptions(
        Defaults.home(),
        data.orElseGet(Defaults::demo),
        environments,
        policy,
        port.orElse(0),
        uiPort.orElse(0),
        Optional.of(example.orElse("magnus")),
        true,
        fixtureScale,
        true);
  }
}
