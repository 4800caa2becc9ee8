package io.lockkeeper.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Quantity;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Follows a promotion until it is as wished: prints each event as a line, and says what goes on in
 * between. A server that goes away meanwhile is waited for.
 */
final class Waiting {
  private static final Set<String> ENDED = Set.of("COMPLETE", "ROLLED_BACK", "ABORTED", "FAILED");

  private final ServerClient client;
  private final String promotion;
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;

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
  }

  /**
   * Waits.
   *
   * @return an exit code
   */
  int until(Until until, Duration patience) {
    long giveUp = System.nanoTime() + patience.toNanos();
    AtomicLong place = new AtomicLong();
    AtomicBoolean over = new AtomicBoolean();
    sayWhenLeft(over);
    while (true) {
      String status = status();
      if (until.reached(status)) {
        over.set(true);
        return Exit.REACHED;
      }
      if (ENDED.contains(status)) {
        follow(place, giveUp, until);
        over.set(true);
        return Exit.OTHERWISE;
      }
      if (System.nanoTime() > giveUp) {
        over.set(true);
        err.println(promotion + " is still " + status + " after " + Durations.print(patience));
        return Exit.RUNNING;
      }
      follow(place, giveUp, until);
    }
  }

  private String status() {
    try {
      return client.get("/promotions/" + promotion).json().path("status").asText("");
    } catch (LockkeeperException e) {
      // It goes on without the server; we look again.
      pause();
      return "";
    }
  }

  /** Until something wished may have come true, or the stream ends. */
  private void follow(AtomicLong place, long giveUp, Until until) {
    try {
      boolean ended =
          client.events(
              "/promotions/" + promotion + "/events",
              place.get(),
              (kind, data) -> {
                if (kind.equals("journal")) {
                  place.set(data.path("place").asLong());
                  print(data);
                  return System.nanoTime() < giveUp && !turns(data, until);
                }
                progress(data);
                return System.nanoTime() < giveUp;
              });
      if (!ended) {
        pause();
      }
    } catch (LockkeeperException e) {
      if (e.code() != FailureCode.SERVER_UNREACHABLE) {
        throw e;
      }
      pause();
    }
  }

  /** Events after which the status may be what is waited for. */
  private static boolean turns(JsonNode data, Until until) {
    String type = data.path("content").path("event").path("type").asText();
    return type.equals("ended")
        || (until == Until.SIGN_OFF && type.equals("gate_opened"))
        || (until == Until.SOAK && type.equals("deadline_set"));
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
    String percent =
        data.has("percent")
            ? String.format(Locale.ROOT, " %.1f%%", data.path("percent").asDouble())
            : "";
    err.println("  … " + data.path("what").asText() + percent);
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
