package io.lockkeeper.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import io.lockkeeper.finding.Finding;
import io.lockkeeper.json.Json;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code lockkeeper push}: prints the hash. */
@Command(
    name = "push",
    description = "Push a bundle: it is linted and kept; its hash is printed.",
    mixinStandardHelpOptions = true)
final class PushCommand extends ServerCommand implements Callable<Integer> {
  @Parameters(paramLabel = "BUNDLE", defaultValue = ".", description = "folder or tar.gz")
  private Path bundle = Path.of(".");

  @Override
  public Integer call() {
    Answer answer = client().push(BundlePath.archive(bundle));
    if (!answer.good()) {
      return refused(answer);
    }
    if (json()) {
      out().println(answer.text());
      return Exit.REACHED;
    }
    JsonNode change = answer.json();
    change
        .path("findings")
        .forEach(finding -> err().println(Json.read(finding, Finding.class).text()));
    err()
        .println(
            change.path("name").asText()
                + ", "
                + Texts.counted(change.path("sections").size(), "section"));
    out().println(change.path("hash").asText());
    return Exit.REACHED;
  }
}
