package io.lockkeeper.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code lockkeeper environments}. */
@Command(
    name = "environments",
    description = "List environments with their targets, as their workers announced them.",
    mixinStandardHelpOptions = true)
final class EnvironmentsCommand extends ServerCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    Answer answer = client().get("/environments");
    if (!answer.good()) {
      return refused(answer);
    }
    if (json()) {
      out().println(answer.text());
      return Exit.REACHED;
    }
    for (JsonNode item : answer.json().path("items")) {
      JsonNode facts = item.path("facts");
      String flags =
          (facts.path("production").asBoolean() ? " production" : "")
              + (facts.path("sandbox").asBoolean() ? " sandbox" : "")
              + (item.path("present").asBoolean()
                  ? ""
                  : " AWAY since " + Texts.time(item.path("seen_at")));
      out().println(facts.path("name").asText() + flags);
      for (JsonNode target : facts.path("targets")) {
        String state =
            target.has("problem")
                ? "cannot be reached: " + target.path("problem").asText()
                : "PostgreSQL " + target.path("server_version").asText();
        out().println("  " + target.path("name").asText() + "  " + state);
      }
    }
    return Exit.REACHED;
  }
}
