package io.lockkeeper.deploy.cli;

import io.lockkeeper.deploy.client.ServerClient.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code lockkeeper key}. */
@Command(
    name = "key",
    description = "The key that statements are signed with.",
    mixinStandardHelpOptions = true,
    subcommands = KeyCommand.Show.class)
final class KeyCommand extends ServerCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    spec.commandLine().usage(err());
    return Exit.USAGE;
  }

  /** {@code lockkeeper key show}: what workers write under trusted_keys. */
  @Command(
      name = "show",
      description = "Print the public key, for trusted_keys of workers.",
      mixinStandardHelpOptions = true)
  static final class Show extends ServerCommand implements Callable<Integer> {
    @Override
    public Integer call() {
      Answer answer = client().get("/key");
      if (!answer.good()) {
        return refused(answer);
      }
      out().println(json() ? answer.text() : answer.json().path("public_key").asText());
      return Exit.REACHED;
    }
  }
}
