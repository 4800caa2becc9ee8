package io.lockkeeper.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.cli.DoctorCommand.Line;
import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import io.lockkeeper.deploy.standalone.TemporalBinary;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.temporal.TemporalConnection;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What a person's machine can tell of an installation: server, token, Temporal, workers. */
final class ServerDoctor {
  private static final Duration RETENTION = Duration.ofDays(90);
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Supplier<ServerClient> client;
  private final Optional<String> only;
  private final Consumer<Line> told;

  /**
   * @param client made when it is needed: without a token there is none
   * @param only this environment; absent for all
   */
  ServerDoctor(Supplier<ServerClient> client, Optional<String> only, Consumer<Line> told) {
    this.client = client;
    this.only = only;
    this.told = told;
  }

  void look() {
    fine("java", "Java " + Runtime.version());
    tools();
    server();
    temporal();
  }

  private void tools() {
    if (TemporalBinary.onPath("pg_dump").isPresent()) {
      fine("tools", "pg_dump is installed");
    } else {
      finding(
          "tools",
          "pg_dump is not on the PATH: backups of kind pg_dump fail. Install PostgreSQL's client"
              + " tools, at least as new as the targets");
    }
  }

  private void server() {
    ServerClient server;
    try {
      server = client.get();
      Answer me = server.get("/me");
      if (!me.good()) {
        finding(
            "server",
            "the server does not take the token (status "
                + me.status()
                + "): make one by lockkeeper token create");
        return;
      }
      fine("server", "the server answers to " + me.json().path("person").asText());
    } catch (LockkeeperException e) {
      finding("server", e.text());
      return;
    }
    for (JsonNode item : server.get("/environments").json().path("items")) {
      String name = item.path("facts").path("name").asText();
      if (only.map(name::equals).orElse(true)) {
        environment(name, item);
      }
    }
  }

  private void environment(String name, JsonNode item) {
    if (!item.path("present").asBoolean()) {
      finding(
          "worker",
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
        finding("target", title + " cannot be reached: " + target.path("problem").asText());
      } else {
        fine("target", title + " is PostgreSQL " + target.path("server_version").asText());
      }
    }
  }

  private void temporal() {
    if (System.getenv("TEMPORAL_ADDRESS") == null) {
      fine("temporal", "Temporal is the server's own (TEMPORAL_ADDRESS is not set)");
      return;
    }
    try (TemporalConnection connection = TemporalConnection.ofEnvironment(PATIENCE, PATIENCE)) {
      Optional<Duration> retention = connection.retention();
      if (retention.isEmpty() || retention.get().compareTo(RETENTION) < 0) {
        finding(
            "temporal",
            "Temporal keeps closed promotions for "
                + retention.map(Durations::print).orElse("an unknown time")
                + ": set the namespace's retention to 90d");
      } else {
        fine(
            "temporal",
            "Temporal at " + connection.address() + " keeps closed promotions long enough");
      }
    } catch (LockkeeperException e) {
      finding("temporal", e.text());
    }
  }

  private void fine(String about, String what) {
    told.accept(new Line("", "", about, true, what));
  }

  private void finding(String about, String what) {
    told.accept(new Line("", "", about, false, what));
  }
}
