package io.lockkeeper.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import io.lockkeeper.deploy.findings.FindingText;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.finding.Finding;
import io.lockkeeper.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command that calls the API has: where it is, who calls, how to print. */
abstract class ServerCommand {
  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--server",
      description = "the API (LOCKKEEPER_SERVER, else http://127.0.0.1:8080)")
  Optional<String> server = Optional.empty();

  ServerClient client() {
    String url = server.or(() -> variable("LOCKKEEPER_SERVER")).orElse("http://127.0.0.1:8080");
    return new ServerClient(url, token());
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  PrintWriter err() {
    return spec.commandLine().getErr();
  }

  private Optional<String> variable(String name) {
    return spec.root().userObject() instanceof Main main ? main.variable(name) : Optional.empty();
  }

  boolean json() {
    return spec.root().userObject() instanceof Main main && main.json();
  }

  /** Prints an answer that went wrong; where it went well nothing. */
  int refused(Answer answer) {
    if (json()) {
      out().println(answer.text());
    } else {
      JsonNode problem = answer.json();
      err()
          .println(
              "refused: "
                  + problem.path("detail").asText("status " + answer.status())
                  + code(problem));
      problem
          .path("findings")
          .forEach(
              finding ->
                  FindingText.lines(Json.read(finding, Finding.class)).forEach(err()::println));
    }
    return answer.status() == 503
        ? Exit.UNREACHABLE
        : answer.status() >= 500 ? Exit.FAULT : Exit.REFUSED;
  }

  private static String code(JsonNode problem) {
    return problem.has("code") ? " [" + problem.path("code").asText() + "]" : "";
  }

  /** From the environment, or that of the installation of this user. */
  private String token() {
    Optional<String> given = variable("LOCKKEEPER_TOKEN");
    if (given.isPresent()) {
      return given.get();
    }
    Path file = Defaults.data().resolve("admin-token");
    try {
      if (Files.isReadable(file)) {
        return Files.readString(file).strip();
      }
    } catch (IOException e) {
      throw missing(e);
    }
    throw missing(null);
  }

  private static LockkeeperException missing(@Nullable Throwable cause) {
    return new LockkeeperException(
        FailureCode.CONFIGURATION,
        "looking for a token",
        "LOCKKEEPER_TOKEN is not set",
        "nothing was sent",
        "Set it to what lockkeeper token create printed",
        cause);
  }
}
