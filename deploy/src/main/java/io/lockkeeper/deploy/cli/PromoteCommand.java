package io.lockkeeper.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.cli.Waiting.Until;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockkeeper promote}: the id is the first line out. */
@Command(
    name = "promote",
    description = "Start a promotion of a pushed change, or of a bundle, which is pushed first.",
    mixinStandardHelpOptions = true)
final class PromoteCommand extends ServerCommand implements Callable<Integer> {
  @Parameters(paramLabel = "CHANGE|BUNDLE", description = "hash, name, folder or tar.gz")
  private String change = "";

  @Option(names = "--reason", required = true, description = "why now")
  private String reason = "";

  @Option(
      names = {"-e", "--environment"},
      split = ",",
      description = "only these of the change's environments")
  private List<String> environments = List.of();

  @Option(names = "--soak", description = "shorten the soak (sandboxes only)")
  private Optional<String> soak = Optional.empty();

  @Option(names = "--watch-for", description = "shorten the watch (sandboxes only)")
  private Optional<String> watchFor = Optional.empty();

  @Option(names = "--sample", description = "time between samples (sandboxes only)")
  private Optional<String> sample = Optional.empty();

  @Option(
      names = "--follow-up",
      description = "shorten the time until the last follow-up (sandboxes only)")
  private Optional<String> followUp = Optional.empty();

  @Option(
      names = "--confirm",
      split = ",",
      description = "the production environment's name, typed; more by repeating")
  private List<String> confirm = List.of();

  @Option(names = "--key", description = "Idempotency-Key: the same key starts once")
  private Optional<String> key = Optional.empty();

  @Option(names = "--wait", description = "wait until it has ended")
  private boolean wait;

  @Option(names = "--until", description = "wait until: ${COMPLETION-CANDIDATES}")
  private Optional<Stop> until = Optional.empty();

  @Option(
      names = "--timeout",
      defaultValue = "30d",
      converter = DurationConverter.class,
      description = "give the wait up after it; the promotion goes on")
  private Duration timeout = Duration.ofDays(30);

  /** Where a wait ends. */
  enum Stop {
    sign_off(Until.SIGN_OFF),
    soak(Until.SOAK),
    complete(Until.COMPLETE);

    private final Until until;

    Stop(Until until) {
      this.until = until;
    }

    @Override
    public String toString() {
      return name().replace('_', '-');
    }
  }

  @Override
  public Integer call() {
    String hash = change;
    if (BundlePath.exists(change)) {
      Answer pushed = client().push(BundlePath.archive(Path.of(change)));
      if (!pushed.good()) {
        return refused(pushed);
      }
      hash = pushed.json().path("hash").asText();
    }
    Answer answer =
        client()
            .post(
                "/promotions",
                body(hash),
                Map.of("Idempotency-Key", key.orElseGet(() -> UUID.randomUUID().toString())));
    if (!answer.good()) {
      return refused(answer);
    }
    JsonNode promotion = answer.json();
    String id = promotion.path("id").asText();
    out().println(json() ? answer.text() : id);
    out().flush();
    Optional<Until> stop =
        until.map(s -> s.until).or(() -> wait ? Optional.of(Until.COMPLETE) : Optional.empty());
    return stop.isEmpty()
        ? Exit.REACHED
        : new Waiting(client(), id, out(), err(), json()).until(stop.get(), timeout);
  }

  private Map<String, Object> body(String hash) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("change", hash);
    body.put("reason", reason);
    if (!environments.isEmpty()) {
      body.put("environments", environments);
    }
    Map<String, String> overrides = new LinkedHashMap<>();
    soak.ifPresent(value -> overrides.put("soak", value));
    watchFor.ifPresent(value -> overrides.put("watch", value));
    sample.ifPresent(value -> overrides.put("sample", value));
    followUp.ifPresent(value -> overrides.put("follow_up", value));
    if (!overrides.isEmpty()) {
      body.put("overrides", overrides);
    }
    if (!confirm.isEmpty()) {
      body.put("confirm", confirm);
    }
    return body;
  }
}
