package io.lockkeeper.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import io.lockkeeper.deploy.standalone.TemporalBinary;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.temporal.TemporalConnection;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code lockkeeper doctor}: looks at everything that has to be there, and says what to do. */
@Command(
    name = "doctor",
    description = "Look at server, token, Temporal, workers and targets; say what to mend.",
    mixinStandardHelpOptions = true)
final class DoctorCommand extends ServerCommand implements Callable<Integer> {
  private static final Duration RETENTION = Duration.ofDays(90);
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private int findings;

  @Override
  public Integer call() {
    fine("Java " + Runtime.version());
    tools();
    server();
    temporal();
    out().println(Texts.counted(findings, "finding"));
    return findings == 0 ? Exit.REACHED : Exit.REFUSED;
  }

  private void tools() {
    Optional<?> dump = TemporalBinary.onPath("pg_dump");
    if (dump.isPresent()) {
      fine("pg_dump is installed");
    } else {
      finding(
          "pg_dump is not on the PATH: backups of kind pg_dump fail. Install PostgreSQL's client"
              + " tools, at least as new as the targets");
    }
  }

  private void server() {
    ServerClient client;
    try {
      client = client();
      Answer me = client.get("/me");
      if (!me.good()) {
        finding(
            "the server does not take the token (status "
                + me.status()
                + "): make one by lockkeeper token create");
        return;
      }
      fine("the server answers to " + me.json().path("person").asText());
    } catch (LockkeeperException e) {
      finding(e.text());
      return;
    }
    for (JsonNode item : client.get("/environments").json().path("items")) {
      environment(item);
    }
  }

  private void environment(JsonNode item) {
    String name = item.path("facts").path("name").asText();
    if (!item.path("present").asBoolean()) {
      finding(
          "the worker of "
              + name
              + " was last heard of at "
              + Texts.time(item.path("seen_at"))
              + ": start it");
      return;
    }
    for (JsonNode target : item.path("facts").path("targets")) {
      String title = target.path("name").asText() + " (" + name + ")";
      if (target.has("problem")) {
        finding(title + " cannot be reached: " + target.path("problem").asText());
      } else {
        fine(title + " is PostgreSQL " + target.path("server_version").asText());
      }
    }
  }

  private void temporal() {
    if (System.getenv("TEMPORAL_ADDRESS") == null) {
      fine("Temporal is the server's own (TEMPORAL_ADDRESS is not set)");
      return;
    }
    try (TemporalConnection connection = TemporalConnection.ofEnvironment(PATIENCE, PATIENCE)) {
      Optional<Duration> retention = connection.retention();
      if (retention.isEmpty() || retention.get().compareTo(RETENTION) < 0) {
        finding(
            "Temporal keeps closed promotions for "
                + retention.map(Durations::print).orElse("an unknown time")
                + ": set the namespace's retention to 90d");
      } else {
        fine("Temporal at " + connection.address() + " keeps closed promotions long enough");
      }
    } catch (LockkeeperException e) {
      finding(e.text());
    }
  }

  private void fine(String what) {
    out().println("ok       " + what);
  }

  private void finding(String what) {
    findings++;
    out().println("finding  " + what);
  }
}
