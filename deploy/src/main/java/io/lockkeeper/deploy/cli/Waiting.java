package io.lockkeeper.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.lockkeeper.activity.Progress;
import io.lockkeeper.activity.ProgressLine;
import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Quantity;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Follows a promotion until it is as wished: prints each event as a line, and says what goes on in
 * between. A server that goes away meanwhile is waited for.
 */
final class Waiting {
  /** How long the rest of a journal may take after the end. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);

  /** How long the look may take that tells where it stood when the time was up. */
  private static final Duration LAST_LOOK = Duration.ofSeconds(2);

  private static final Set<String> STANDING = Set.of("PAUSED", "PARKED");
  private static final Set<String> ENDED = Set.of("COMPLETE", "ROLLED_BACK", "ABORTED", "FAILED");

  private final ServerClient client;
  private final String promotion;
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;
  private String lastSaid = "";

  /**
   * @param out events go there
   * @param err progress goes there
   * @param json whether events are printed as they come
   */
  Waiting(ServerClient client, String promotion, PrintWriter out, PrintWriter err, boolean json) {
    this.client = client;
    this.promotion = promotion;
    this.out = out;
    this.err = err;
    this.json = json;
  }

  /** What is waited for. */
  enum Until {
    SIGN_OFF,
    SOAK,
    COMPLETE;

    boolean reached(String status) {
      return switch (this) {
        case SIGN_OFF -> status.equals("AWAITING_SIGN_OFF");
        case SOAK -> status.equals("SOAKING");
        case COMPLETE -> status.equals("COMPLETE");
      };
    }

    /** Whether it came, even if it has passed when somebody looks. */
    boolean comesWith(JsonNode event) {
      String type = event.path("type").asText();
      return switch (this) {
        case SIGN_OFF -> type.equals("gate_opened");
        case SOAK -> type.equals("deadline_set") && event.path("stage").asText().contains("-soak");
        case COMPLETE -> type.equals("ended") && event.path("status").asText().equals("COMPLETE");
      };
    }
  }

  /**
   * Waits. A promotion that stands still may go on any time, when a person decides: why it stands
   * is told, and the wait goes on.
   *
   * @return an exit code
   */
  int until(Until until, Duration patience) {
    long giveUp = System.nanoTime() + patience.toNanos();
    AtomicBoolean over = new AtomicBoolean();
    sayWhenLeft(over);
    try {
      return until(until, patience, giveUp);
    } finally {
      over.set(true);
    }
  }

  private int until(Until until, Duration patience, long giveUp) {
    AtomicLong place = new AtomicLong();
    AtomicBoolean came = new AtomicBoolean();
    while (true) {
      JsonNode now = now(longer(left(giveUp), LAST_LOOK));
      String status = now.path("status").asText();
      if (came.get() || until.reached(status)) {
        return Exit.REACHED;
      }
      if (ENDED.contains(status)) {
        follow(place, Math.min(giveUp, System.nanoTime() + LAST_WORDS.toNanos()), until, came);
        if (came.get()) {
          return Exit.REACHED;
        }
        err.println(promotion + " is " + status + ": " + now.path("sentence").asText());
        return Exit.OTHERWISE;
      }
      if (System.nanoTime() >= giveUp) {
        err.println(
            promotion
                + " is still "
                + (status.isEmpty() ? "running, and the server does not answer," : status)
                + " after "
                + Durations.print(patience)
                + (now.has("sentence") ? ": " + now.path("sentence").asText() : ""));
        return Exit.RUNNING;
      }
      if (STANDING.contains(status)) {
        sayThatItStands(now);
      }
      follow(place, giveUp, until, came);
    }
  }

  private JsonNode now(Duration left) {
    try {
      return client.get("/promotions/" + promotion, left).json();
    } catch (LockkeeperException e) {
      // It goes on without the server; we look again.
      pause();
      return NullNode.getInstance();
    }
  }

  private void sayThatItStands(JsonNode now) {
    List<String> allowed = new ArrayList<>();
    for (JsonNode action : now.path("allowed_actions")) {
      if (action.path("allowed").asBoolean()) {
        allowed.add(Texts.verb(action.path("action")));
      }
    }
    String said =
        promotion
            + " is "
            + now.path("status").asText()
            + ", and a person decides: "
            + String.join(", ", allowed);
    if (!said.equals(lastSaid)) {
      err.println(said);
      err.flush();
    }
    lastSaid = said;
  }

  private static Duration longer(Duration left, Duration least) {
    return left.compareTo(least) < 0 ? least : left;
  }

  private static Duration left(long giveUp) {
    return Duration.ofNanos(Math.max(0, giveUp - System.nanoTime()));
  }

  /** Until something wished has come, it stands still, the time is up, or the stream ends. */
  private void follow(AtomicLong place, long giveUp, Until until, AtomicBoolean came) {
    try {
      boolean ended =
          client.events(
              "/promotions/" + promotion + "/events",
              place.get(),
              left(giveUp),
              (kind, data) -> {
                if (!kind.equals("journal")) {
                  progress(data);
                  return true;
                }
                place.set(data.path("place").asLong());
                print(data);
                came.set(came.get() || until.comesWith(data.path("content").path("event")));
                return !came.get() && !turns(data);
              });
      if (!ended && System.nanoTime() < giveUp) {
        pause();
      }
    } catch (LockkeeperException e) {
      if (e.code() != FailureCode.SERVER_UNREACHABLE) {
        throw e;
      }
      if (System.nanoTime() < giveUp) {
        pause();
      }
    }
  }

  /** Events after which it is worth to look where it stands. */
  private static boolean turns(JsonNode data) {
    String type = data.path("content").path("event").path("type").asText();
    return Set.of("ended", "paused", "parked").contains(type);
  }

  private void print(JsonNode data) {
    if (json) {
      out.println(data);
    } else {
      Instant at = Instant.parse(data.path("content").path("at").asText());
      out.println(
          at.truncatedTo(ChronoUnit.SECONDS)
              + " "
              + promotion
              + " "
              + data.path("sentence").asText());
    }
    out.flush();
  }

  private void progress(JsonNode data) {
    err.println("  … " + ProgressLine.of(Json.read(data, Progress.class)));
    err.flush();
  }

  /** Ctrl-C leaves the wait, not the promotion. */
  private void sayWhenLeft(AtomicBoolean over) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (!over.get()) {
                    err.println(
                        promotion
                            + " goes on; lockkeeper status "
                            + promotion
                            + " --watch to look again");
                    err.flush();
                    Runtime.getRuntime().halt(Exit.RUNNING);
                  }
                }));
  }

  private static void pause() {
    try {
      Thread.sleep(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** For people: {@code 1.25 s}. */
  static String seconds(double seconds) {
    return Quantity.print(seconds, Dimension.TIME);
  }
}
