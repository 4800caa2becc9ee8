package io.lockkeeper.deploy.cli;

import io.lockkeeper.deploy.findings.FindingText;
import io.lockkeeper.deploy.findings.GitHubAnnotations;
import io.lockkeeper.deploy.findings.Mended;
import io.lockkeeper.deploy.findings.Sarif;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Finding.Severity;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code lockkeeper lint}: needs no server. */
@Command(
    name = "lint",
    description = "Look for mistakes and hazards in a bundle, with file, line and column.",
    footer = {
      "",
      "Exit code 3 where there is an error, or with --strict a warning; else 0.",
      "A warning is accepted by a comment before the statement: -- accept CODE: REASON"
    },
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

  @Option(
      names = "--fix",
      description = "mend what is mechanical in the files of the folder, and print the difference")
  private boolean fix;

  @Option(names = "--strict", description = "end with 3 for warnings too")
  private boolean strict;

  @Option(names = "--quiet", description = "one line for each finding")
  private boolean quiet;

  /** How findings are printed. */
  enum Format {
    text,
    json,
    sarif,
    github
  }

  @Override
  public Integer call() {
    Findings findings = new Findings();
    SortedMap<String, byte[]> files = BundlePath.files(bundle, findings);
    List<Finding> all = fix ? mend(files, findings) : BundlePath.lint(files, findings);
    print(all);
    boolean refused =
        all.stream()
            .map(Finding::severity)
            .anyMatch(s -> s == Severity.ERROR || (strict && s == Severity.WARNING));
    return refused ? Exit.REFUSED : Exit.REACHED;
  }

  private void print(List<Finding> findings) {
    PrintWriter out = spec.commandLine().getOut();
    switch (main.json() ? Format.json : format) {
      case json -> out.println(Json.text(Map.of("findings", findings)));
      case sarif -> out.println(Sarif.text(findings, this::fromHere));
      case github ->
          findings.forEach(f -> out.println(GitHubAnnotations.line(f, fromHere(f.file()))));
      case text -> text(findings, out);
    }
  }

  private void text(List<Finding> findings, PrintWriter out) {
    if (findings.isEmpty()) {
      out.println("no findings");
      return;
    }
    for (Finding finding : findings) {
      (quiet ? List.of(finding.text()) : FindingText.lines(finding)).forEach(out::println);
    }
    spec.commandLine().getErr().println(FindingText.summary(findings));
  }

  /** A file as a repository's tools name it: from where lint was called. */
  private String fromHere(String file) {
    Path here = Path.of("").toAbsolutePath();
    Path path = (Files.isDirectory(bundle) ? bundle.resolve(file) : bundle).toAbsolutePath();
    Path normal = path.normalize();
    return (normal.startsWith(here) ? here.relativize(normal) : normal)
        .toString()
        .replace('\\', '/');
  }

  /** What is still found afterwards. */
  private List<Finding> mend(SortedMap<String, byte[]> files, Findings findings) {
    if (!Files.isDirectory(bundle)) {
      throw new ParameterException(spec.commandLine(), "--fix mends a folder, not an archive");
    }
    PrintWriter err = spec.commandLine().getErr();
    if (findings.hasErrors()) {
      err.println("nothing was mended: the bundle cannot be read");
      return findings.all();
    }
    Mended mended = Mended.of(files);
    mended.refused().ifPresent(why -> err.println("nothing was mended: " + why));
    mended.files().forEach(this::write);
    boolean alone = format == Format.text && !main.json();
    mended.diff().forEach((alone ? spec.commandLine().getOut() : err)::println);
    return mended.left();
  }

  private void write(String file, byte[] content) {
    try {
      Files.write(bundle.resolve(file), content);
    } catch (IOException e) {
      throw new LockkeeperException(
          FailureCode.CONFIGURATION,
          "writing " + bundle.resolve(file),
          e.getClass().getSimpleName(),
          "files before it in the order of names may be mended",
          "Let this user write it and run lint --fix again",
          e);
    }
  }
}
