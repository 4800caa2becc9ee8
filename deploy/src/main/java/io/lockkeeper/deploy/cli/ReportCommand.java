package io.lockkeeper.deploy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.deploy.client.ServerClient.Answer;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code lockkeeper report}. */
@Command(
    name = "report",
    description = "Print a promotion's report or one of its blocks, or write it to a file.",
    mixinStandardHelpOptions = true)
final class ReportCommand extends ServerCommand implements Callable<Integer> {
  @Parameters(paramLabel = "ID", description = "the promotion")
  private String id = "";

  @Option(
      names = "--format",
      defaultValue = "md",
      description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
  private Format format = Format.md;

  @Option(
      names = "--template",
      paramLabel = "NAME",
      description = "a block instead of the whole: execution-log, context-for-next-step")
  private Optional<String> template = Optional.empty();

  @Option(
      names = "--environment",
      paramLabel = "NAME",
      description = "of a block; the last that the promotion has reached where it is left out")
  private Optional<String> environment = Optional.empty();

  @Option(
      names = "--series",
      paramLabel = "FORMAT",
      description = "all series instead: ${COMPLETION-CANDIDATES}")
  private Optional<SeriesFormat> series = Optional.empty();

  @Option(
      names = "--points",
      paramLabel = "N",
      description = "at most so many of each series; least and greatest are kept")
  private Optional<Integer> points = Optional.empty();

  @Option(
      names = {"-o", "--output"},
      description = "a file instead of the standard output")
  private Optional<Path> output = Optional.empty();

  /** As a file's ending. */
  enum Format {
    md,
    html,
    json
  }

  /** As the API's parameter. */
  enum SeriesFormat {
    csv,
    json
  }

  private ParameterException wrong(String why) {
    return new ParameterException(spec.commandLine(), why);
  }

  private String view() {
    Format wanted = json() ? Format.json : format;
    return series.isPresent() ? "/metrics" : "/report." + wanted;
  }

  private String query() {
    List<String> asked = new ArrayList<>();
    series.ifPresent(wanted -> asked.add("format=" + (json() ? SeriesFormat.json : wanted)));
    points.filter(n -> series.isPresent()).ifPresent(n -> asked.add("points=" + n));
    template.ifPresent(name -> asked.add("template=" + URLEncoder.encode(name, UTF_8)));
    environment.ifPresent(name -> asked.add("environment=" + URLEncoder.encode(name, UTF_8)));
    return asked.isEmpty() ? "" : "?" + String.join("&", asked);
  }

  @Override
  public Integer call() {
    if (series.isPresent() && (template.isPresent() || environment.isPresent())) {
      throw wrong("--series is of the whole promotion: leave --template and --environment out");
    }
    if (points.isPresent() && series.isEmpty()) {
      throw wrong("--points is of --series: name csv or json");
    }
    Answer answer = client().get("/promotions/" + id + view() + query());
    if (!answer.good()) {
      return refused(answer);
    }
    for (String stage : answer.soFar()) {
      err().println("not whole yet: series of " + stage.replace(" ", " reach until "));
    }
    for (String stage : answer.keptFrom()) {
      err().println("not whole any more: series of " + stage.replace(" ", " are kept from "));
    }
    for (String stage : answer.expired()) {
      err().println("not there any more: series of " + stage.replace(" ", " were kept until "));
    }
    if (output.isEmpty()) {
      out().print(answer.text());
      out().flush();
      return Exit.REACHED;
    }
    try {
      Files.writeString(output.get(), answer.text());
      err().println("written to " + output.get());
      return Exit.REACHED;
    } catch (IOException e) {
      throw new LockkeeperException(
          FailureCode.CONFIGURATION,
          "writing " + output.get(),
          e.getClass().getSimpleName(),
          "the report was not kept",
          "Choose another file",
          e);
    }
  }
}
