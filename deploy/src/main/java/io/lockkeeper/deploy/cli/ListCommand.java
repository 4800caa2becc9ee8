package io.lockkeeper.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lockkeeper list}. */
@Command(
    name = "list",
    description = "List promotions, newest first.",
    mixinStandardHelpOptions = true)
final class ListCommand extends ServerCommand implements Callable<Integer> {
  @Option(
      names = "--status",
      description = "only those with this status, such as PAUSED, SOAKING or COMPLETE")
  private Optional<String> status = Optional.empty();

  @Option(
      names = {"-e", "--environment"},
      description = "only those whose current stage is in this environment")
  private Optional<String> environment = Optional.empty();

  @Option(names = "--change", description = "only those of this change, by name or hash")
  private Optional<String> change = Optional.empty();

  @Override
  public Integer call() {
    List<String> filters = new ArrayList<>();
    status.ifPresent(value -> filters.add("status=" + value));
    environment.ifPresent(value -> filters.add("environment=" + value));
    change.ifPresent(value -> filters.add("change=" + value));
    Answer answer =
        client().get("/promotions" + (filters.isEmpty() ? "" : "?" + String.join("&", filters)));
    if (!answer.good()) {
      return refused(answer);
    }
    if (json()) {
      out().println(answer.text());
      return Exit.REACHED;
    }
    for (JsonNode promotion : answer.json().path("items")) {
      out()
          .println(
              StatusCommand.pad(promotion.path("id").asText(), 40)
                  + StatusCommand.pad(promotion.path("status").asText(), 18)
                  + StatusCommand.pad(promotion.path("stage").asText(), 24)
                  + StatusCommand.pad(promotion.path("requested_by").asText(), 10)
                  + Texts.time(promotion.path("started_at")));
    }
    return Exit.REACHED;
  }
}
