package io.lockkeeper.deploy.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.activity.Progress;
import io.lockkeeper.activity.ProgressLine;
import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import io.lockkeeper.json.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The example's promotion, driven through the API as any program would. */
public final class Demo {
  private static final Map<String, String> PEOPLE =
      Map.of(
          "dba", "boris",
          "development-lead", "chen",
          "operations-lead", "dora",
          "release-manager", "emil");
  private static final List<String> ROLES =
      List.of("dba", "development-lead", "operations-lead", "release-manager");
  private static final int SLOW_MILLIS = 600;

  /** How long a silent promotion goes without being looked at. */
  private static final Duration LISTEN = Duration.ofSeconds(30);

  private final String server;
  private final String temporalUi;
  private final Path data;
  private final PrintStream out;
  private final Hand hand;
  private final ServerClient admin;

  /** What is to be seen. */
  public enum Scenario {
    clean,
    breach
  }

  /** Who decides for the demo's people. */
  @FunctionalInterface
  public interface Hand {
    /**
     * @return whether {@code person} approves as {@code role}
     */
    boolean approves(String role, String person);
  }

  /**
   * @param admin the administrator's token
   * @param data where reports go
   * @param hand decides at the gate
   */
  public Demo(
      String server, String temporalUi, String admin, Path data, PrintStream out, Hand hand) {
    this.server = server;
    this.temporalUi = temporalUi;
    this.data = data;
    this.out = out;
    this.hand = hand;
    this.admin = new ServerClient(server, admin);
  }

  /**
   * Runs the promotion to its end, or to where a person would be needed.
   *
   * @return whether it is COMPLETE
   */
  public boolean run(Scenario scenario) {
    out.println("API " + server + ", Temporal UI " + temporalUi);
    String id = start(scenario);
    out.println("promotion " + id);
    String status = follow(id, scenario);
    Path report = report(id);
    out.println();
    out.println(id + " is " + status + ": " + show(id).path("sentence").asText());
    out.println("report: " + report);
    return status.equals("COMPLETE");
  }

  private String start(Scenario scenario) {
    ServerClient ana = person("ana", "release-manager");
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("change", "magnus-performance-indexes");
    body.put("reason", "to show how it goes");
    // A breach needs its time to be seen; without one the least that a watch may last is enough.
    String watch = scenario == Scenario.breach ? "60s" : "5s";
    body.put("overrides", Map.of("soak", "5s", "watch", watch, "sample", "250ms", "window", "any"));
    Answer answer = ana.post("/promotions", body);
    if (!answer.good()) {
      throw answer.refusal("starting the promotion");
    }
    return answer.json().path("id").asText();
  }

  /** Prints what happens, and does what people would, until nobody but a person could go on. */
  private String follow(String id, Scenario scenario) {
    AtomicLong place = new AtomicLong();
    while (true) {
      admin.events(
          "/promotions/" + id + "/events",
          place.get(),
          LISTEN,
          (kind, event) -> {
            if (kind.equals("journal")) {
              place.set(event.path("place").asLong());
              print(event);
            } else {
              progress(event);
            }
            return !kind.equals("journal") || !needsSomebody(event);
          });
      JsonNode promotion = show(id);
      String status = promotion.path("status").asText();
      if (status.equals("AWAITING_SIGN_OFF")) {
        signOff(id, promotion);
      } else if (status.equals("WATCHING") && scenario == Scenario.breach) {
        slow();
      } else if (List.of("PAUSED", "PARKED").contains(status)
          || promotion.path("left").size() > 0
          || promotion.has("ended_at")) {
        return status;
      }
    }
  }

  private static boolean needsSomebody(JsonNode event) {
    JsonNode content = event.path("content").path("event");
    String type = content.path("type").asText();
    boolean watches =
        type.equals("stage_started") && content.path("stage").asText().contains("-watch");
    boolean stuck = type.equals("rollback_ended") && content.path("left").size() > 0;
    return watches || stuck || List.of("gate_opened", "paused", "parked", "ended").contains(type);
  }

  /** Beginnings of steps are left out: progress tells of those that take long. */
  private void print(JsonNode event) {
    JsonNode content = event.path("content");
    if (content.path("event").path("type").asText().equals("step_started")) {
      return;
    }
    Instant at = Instant.parse(content.path("at").asText());
    out.println(at.truncatedTo(ChronoUnit.SECONDS) + " " + event.path("sentence").asText());
    out.flush();
  }

  private void progress(JsonNode event) {
    Progress now = Json.read(event, Progress.class);
    out.println("                       … " + ProgressLine.of(now));
    out.flush();
  }

  private void signOff(String id, JsonNode promotion) {
    for (String role : ROLES) {
      boolean awaited = false;
      for (JsonNode pending : promotion.path("pending")) {
        awaited |= pending.path("role").asText().equals(role);
      }
      String person = PEOPLE.getOrDefault(role, "");
      if (awaited && hand.approves(role, person)) {
        Map<String, Object> body =
            Map.of(
                "role",
                role,
                "decision",
                "approve",
                "comment",
                "seen in the demo",
                "evidence_hash",
                promotion.path("evidence_hash").asText());
        Answer answer = person(person, role).post("/promotions/" + id + "/sign-offs", body);
        if (!answer.good()) {
          throw answer.refusal("signing as " + role);
        }
      } else if (awaited) {
        refuse(id, promotion, role, person);
        return;
      }
    }
  }

  private void refuse(String id, JsonNode promotion, String role, String person) {
    Answer answer =
        person(person, role)
            .post(
                "/promotions/" + id + "/sign-offs",
                Map.of(
                    "role",
                    role,
                    "decision",
                    "refuse",
                    "comment",
                    "refused at the terminal",
                    "evidence_hash",
                    promotion.path("evidence_hash").asText()));
    if (!answer.good()) {
      throw answer.refusal("refusing as " + role);
    }
  }

  /** The example's own switch: its dashboard becomes slow in production. */
  private void slow() {
    JsonNode connections = Json.read(read(data.resolve("connections.json")), JsonNode.class);
    for (JsonNode target : connections.path("targets")) {
      if (target.path("environment").asText().equals("production")) {
        URI place =
            URI.create(
                target.path("variables").path("app").asText() + "/scenario/slow?ms=" + SLOW_MILLIS);
        out.println("… the dashboard in production becomes slow, as the scenario wants it");
        post(place);
      }
    }
  }

  private static void post(URI place) {
    try {
      HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(place).POST(BodyPublishers.noBody()).build(),
              BodyHandlers.discarding());
    } catch (IOException e) {
      throw new UncheckedIOException("calling " + place, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Path report(String id) {
    Path file = data.resolve("report-" + id + ".html");
    Answer answer = admin.get("/promotions/" + id + "/report.html");
    try {
      Files.writeString(file, answer.text());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
  }

  private JsonNode show(String id) {
    return admin.get("/promotions/" + id).json();
  }

  private ServerClient person(String name, String role) {
    Answer answer = admin.post("/tokens", Map.of("person", name, "roles", List.of(role)));
    if (!answer.good()) {
      throw answer.refusal("making a token for " + name);
    }
    return new ServerClient(server, answer.json().path("token").asText());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }
}
