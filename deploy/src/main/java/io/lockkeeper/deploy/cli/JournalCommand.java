package io.lockkeeper.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.journal.Chained;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockkeeper journal}: verifies the chain itself, without believing the server. */
@Command(
    name = "journal",
    description = "Print a promotion's journal; with --verify check its chain of hashes.",
    mixinStandardHelpOptions = true)
final class JournalCommand extends ServerCommand implements Callable<Integer> {
  @Parameters(paramLabel = "ID", description = "the promotion")
  private String id = "";

  @Option(names = "--verify", description = "compute every hash anew")
  private boolean verify;

  @Option(names = "--export", description = "write the entries to a file, one JSON a line")
  private Optional<Path> export = Optional.empty();

  @Override
  public Integer call() {
    List<JsonNode> items = new ArrayList<>();
    ServerClient client = client();
    String cursor = "0";
    while (!cursor.isEmpty()) {
      Answer answer = client.get("/promotions/" + id + "/journal?cursor=" + cursor);
      if (!answer.good()) {
        return refused(answer);
      }
      answer.json().path("items").forEach(items::add);
      cursor = answer.json().path("next_cursor").asText("");
    }
    export.ifPresent(file -> write(file, items));
    if (verify) {
      return verified(items);
    }
    for (JsonNode item : items) {
      out()
          .println(
              json()
                  ? item
                  : item.path("place").asText()
                      + " "
                      + Texts.time(item.path("content").path("at"))
                      + " "
                      + item.path("content").path("writer").asText()
                      + ": "
                      + item.path("sentence").asText());
    }
    return Exit.REACHED;
  }

  private int verified(List<JsonNode> items) {
    List<Chained> chain =
        items.stream()
            .map(
                item ->
                    new Chained(
                        item.path("promotion").asText(),
                        item.path("place").asLong(),
                        Instant.parse(item.path("recorded_at").asText()),
                        item.path("content"),
                        item.path("previous").asText(),
                        item.path("hash").asText()))
            .toList();
    Optional<String> fault = Chained.fault(chain);
    if (fault.isPresent()) {
      err().println("the journal of " + id + " does not verify: " + fault.get());
      return Exit.OTHERWISE;
    }
    String head = chain.isEmpty() ? Chained.START : chain.get(chain.size() - 1).hash();
    out().println("the journal of " + id + " verifies: " + chain.size() + " entries, head " + head);
    return Exit.REACHED;
  }

  private static void write(Path file, List<JsonNode> items) {
    try {
      Files.writeString(
          file, items.stream().map(item -> item + "\n").collect(Collectors.joining()));
    } catch (IOException e) {
      throw new LockkeeperException(
          FailureCode.CONFIGURATION,
          "writing " + file,
          e.getClass().getSimpleName(),
          "the journal was not exported",
          "Choose another file",
          e);
    }
  }
}
