package io.lockkeeper.deploy.cli;

import io.lockkeeper.deploy.client.ServerClient.Answer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lockkeeper token}. */
@Command(
    name = "token",
    description = "Tokens of people and services.",
    mixinStandardHelpOptions = true,
    subcommands = TokenCommand.Create.class)
final class TokenCommand extends ServerCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    spec.commandLine().usage(err());
    return Exit.USAGE;
  }

  /** {@code lockkeeper token create}: the token alone on the standard output. */
  @Command(
      name = "create",
      description = "Make a token and print it, once.",
      mixinStandardHelpOptions = true)
  static final class Create extends ServerCommand implements Callable<Integer> {
    @Option(names = "--person", required = true, description = "whose it is")
    private String person = "";

    @Option(names = "--role", required = true, description = "a role; more than one by repeating")
    private List<String> roles = List.of();

    @Option(names = "--service", description = "for a program, not for a person")
    private boolean service;

    @Override
    public Integer call() {
      Answer answer =
          client().post("/tokens", Map.of("person", person, "roles", roles, "service", service));
      if (!answer.good()) {
        return refused(answer);
      }
      out().println(json() ? answer.text() : answer.json().path("token").asText());
      return Exit.REACHED;
    }
  }
}
