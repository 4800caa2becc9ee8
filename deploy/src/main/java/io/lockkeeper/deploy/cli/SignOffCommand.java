package io.lockkeeper.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockkeeper sign-off}. */
@Command(
    name = "sign-off",
    description = "Approve or refuse in a role, for the evidence as it stands now.",
    mixinStandardHelpOptions = true)
final class SignOffCommand extends ServerCommand implements Callable<Integer> {
  @Parameters(paramLabel = "ID", description = "the promotion")
  private String id = "";

  @Option(names = "--role", required = true, description = "the role to sign in")
  private String role = "";

  @Option(names = "--refuse", description = "refuse; needs --comment")
  private boolean refuse;

  @Option(names = "--comment", description = "what the others should know")
  private Optional<String> comment = Optional.empty();

  @Option(names = "--evidence-hash", description = "of what was read; by default as it stands now")
  private Optional<String> evidence = Optional.empty();

  @Option(names = "--statement", description = "print the signed statement without delivering it")
  private boolean statement;

  @Option(names = "--confirm", description = "the production environment's name, typed")
  private Optional<String> confirm = Optional.empty();

  @Override
  public Integer call() {
    Answer shown = client().get("/promotions/" + id);
    if (!shown.good()) {
      return refused(shown);
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("role", role);
    body.put("decision", refuse ? "refuse" : "approve");
    body.put("comment", comment.orElse(""));
    body.put(
        "evidence_hash",
        evidence.orElseGet(() -> shown.json().path("evidence_hash").asText("none")));
    confirm.ifPresent(value -> body.put("confirm", value));
    Answer answer =
        client()
            .post("/promotions/" + id + "/sign-offs" + (statement ? "?deliver=false" : ""), body);
    if (!answer.good()) {
      return refused(answer);
    }
    if (statement) {
      out().println(answer.json().path("statement"));
    } else if (json()) {
      out().println(answer.text());
    } else {
      JsonNode promotion = answer.json();
      out()
          .println(
              (refuse ? "refused as " : "approved as ")
                  + role
                  + ", for the evidence "
                  + body.get("evidence_hash"));
      out()
          .println(
              id
                  + " is "
                  + promotion.path("status").asText()
                  + ": "
                  + promotion.path("sentence").asText());
    }
    return Exit.REACHED;
  }
}
