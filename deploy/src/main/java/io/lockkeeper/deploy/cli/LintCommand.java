package io.lockkeeper.deploy.cli;

import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.json.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code lockkeeper lint}: needs no server. */
@Command(
    name = "lint",
    description = "Look for mistakes in a bundle, with file, line and column.",
    mixinStandardHelpOptions = true)
final class LintCommand implements Callable<Integer> {
  @ParentCommand private Main main = new Main();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "BUNDLE", defaultValue = ".", description = "folder or tar.gz")
  private Path bundle = Path.of(".");

  @Option(
      names = "--format",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
  private Format format = Format.text;

  /** How findings are printed. */
  enum Format {
    text,
    json
  }

  @Override
  public Integer call() {
    Findings findings = new Findings();
    BundlePath.read(bundle, findings);
    List<Finding> all = findings.all();
    if (format == Format.json || main.json()) {
      spec.commandLine().getOut().println(Json.text(Map.of("findings", all)));
    } else {
      all.forEach(finding -> spec.commandLine().getOut().println(finding.text()));
      if (all.isEmpty()) {
        spec.commandLine().getOut().println("no findings");
      }
    }
    return findings.hasErrors() ? Exit.REFUSED : Exit.REACHED;
  }
}
