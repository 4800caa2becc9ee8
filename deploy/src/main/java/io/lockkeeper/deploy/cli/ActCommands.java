package io.lockkeeper.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The acts on a promotion: each the word of the API, with a reason. */
final class ActCommands {
  /** How long the effect of an act is waited for, to be shown. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final Set<String> STANDING = Set.of("PAUSED", "PARKED");
  private static final Duration LOOK = Duration.ofMillis(100);

  private ActCommands() {}

  /** What they share. */
  abstract static class Act extends ServerCommand implements Callable<Integer> {
    @Parameters(paramLabel = "ID", description = "the promotion")
    String id = "";

    @Option(names = "--reason", required = true, description = "why")
    String reason = "";

    @Option(names = "--confirm", description = "the production environment's name, typed")
    Optional<String> confirm = Optional.empty();

    /** What the act needs besides a reason. */
    void fill(Map<String, Object> body) {
      confirm.ifPresent(value -> body.put("confirm", value));
    }

    @Override
    public Integer call() {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("reason", reason);
      fill(body);
      ServerClient client = client();
      Answer answer = client.post("/promotions/" + id + "/" + spec.name(), body);
      if (!answer.good()) {
        return refused(answer);
      }
      if (json()) {
        out().println(answer.text());
        return Exit.REACHED;
      }
      JsonNode promotion = effect(client, answer.json());
      out()
          .println(
              spec.name()
                  + " accepted; "
                  + id
                  + " is "
                  + promotion.path("status").asText()
                  + ": "
                  + promotion.path("sentence").asText());
      return Exit.REACHED;
    }

    /** The promotion once it is as the act leads to, or as it is where that takes longer. */
    private JsonNode effect(ServerClient client, JsonNode accepted) {
      long giveUp = System.nanoTime() + PATIENCE.toNanos();
      JsonNode now = accepted;
      while (!shows(now) && System.nanoTime() < giveUp) {
        try {
          Thread.sleep(LOOK.toMillis());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return now;
        }
        Answer answer = client.get("/promotions/" + id);
        now = answer.good() ? answer.json() : now;
      }
      return now;
    }

    private boolean shows(JsonNode promotion) {
      return promotion.has("ended_at") || shows(promotion.path("status").asText());
    }

    /** Whether the status is what the act leads to. */
    abstract boolean shows(String status);
  }

  /** {@code lockkeeper acknowledge}. */
  @Command(
      name = "acknowledge",
      description =
          "Accept what is inconclusive; in a watch, say what customers report; after the end, confirm"
              + " a follow-up.",
      mixinStandardHelpOptions = true)
  static final class Acknowledge extends Act {
    @Option(
        names = "--follow-up",
        paramLabel = "NAME",
        description = "the follow-up that is confirmed, or taken over where it did not pass")
    private Optional<String> followUp = Optional.empty();

    @Override
    void fill(Map<String, Object> body) {
      super.fill(body);
      followUp.ifPresent(value -> body.put("follow_up", value));
    }

    @Override
    boolean shows(String status) {
      return !status.equals("PAUSED");
    }
  }

  /** {@code lockkeeper pause}. */
  @Command(
      name = "pause",
      description = "Stop at the next safe point.",
      mixinStandardHelpOptions = true)
  static final class Pause extends Act {
    @Override
    boolean shows(String status) {
      return status.equals("PAUSED");
    }
  }

  /** {@code lockkeeper resume}. */
  @Command(name = "resume", description = "Go on after a pause.", mixinStandardHelpOptions = true)
  static final class Resume extends Act {
    @Override
    boolean shows(String status) {
      return !STANDING.contains(status);
    }
  }

  /** {@code lockkeeper retry}. */
  @Command(name = "retry", description = "Try again what failed.", mixinStandardHelpOptions = true)
  static final class Retry extends Act {
    @Override
    boolean shows(String status) {
      return !STANDING.contains(status);
    }
  }

  /** {@code lockkeeper abort}. */
  @Command(
      name = "abort",
      description = "Stop for good; what stays is listed.",
      mixinStandardHelpOptions = true)
  static final class Abort extends Act {
    @Override
    boolean shows(String status) {
      return false;
    }
  }

  /** {@code lockkeeper extend}. */
  @Command(
      name = "extend",
      description =
          "Let the soak or watch last longer, hold it against tighter limits, or begin the soak"
              + " anew; set the pace between sections; add limits to the guard.",
      mixinStandardHelpOptions = true)
  static final class Extend extends Act {
    @Option(names = "--by", description = "how much longer, such as 6h")
    private Optional<String> by = Optional.empty();

    @Option(
        names = {"-e", "--environment"},
        description = "whose soak or watch; needed where several are observed")
    private Optional<String> environment = Optional.empty();

    @Option(names = "--pace", description = "pause between sections from now on, such as 2m")
    private Optional<String> pace = Optional.empty();

    @Option(
        names = "--guard",
        paramLabel = "LIMIT",
        description = "a limit that must hold too while sections run, such as 'locks.waiting <= 5'")
    private List<String> guard = new ArrayList<>();

    @Option(
        names = "--rollback-if",
        paramLabel = "LIMIT",
        description =
            "a limit that must not come true in the soak or watch that is on, besides those that"
                + " hold, such as 'locks.waiting > 3 for 30s'")
    private List<String> rollbackIf = new ArrayList<>();

    @Option(
        names = "--then",
        description =
            "what crossing it does: rollback, quick, pause or note; by default what the limits of"
                + " that figure do")
    private Optional<String> then = Optional.empty();

    @Option(names = "--restart", description = "the soak begins anew and lasts its whole time")
    private boolean restart;

    @Override
    boolean shows(String status) {
      return true;
    }

    @Override
    void fill(Map<String, Object> body) {
      super.fill(body);
      boolean observes = restart || !rollbackIf.isEmpty();
      if (by.isEmpty() && pace.isEmpty() && guard.isEmpty() && !observes) {
        throw new ParameterException(
            spec.commandLine(),
            "extend needs --by, --rollback-if, --restart, --pace or --guard: say what shall change");
      }
      by.ifPresent(value -> body.put("by", value));
      environment.ifPresent(value -> body.put("environment", value));
      pace.ifPresent(value -> body.put("pace", value));
      if (!guard.isEmpty()) {
        body.put("guard", guard);
      }
      if (!rollbackIf.isEmpty()) {
        body.put("rollback_if", rollbackIf);
      }
      then.ifPresent(value -> body.put("then", value));
      if (restart) {
        body.put("restart", true);
      }
    }
  }

  /** {@code lockkeeper rollback}. */
  @Command(
      name = "rollback",
      description = "Take back what was applied in an environment.",
      mixinStandardHelpOptions = true)
  static final class Rollback extends Act {
    @Option(
        names = "--option",
        defaultValue = "A",
        description =
            "the way back: quick, the steps' undos; A, these and the sections in reverse; B, the"
                + " backup")
    private String option = "A";

    @Option(
        names = {"-e", "--environment"},
        description = "where; by default where the promotion is")
    private Optional<String> environment = Optional.empty();

    @Option(
        names = "--back",
        description =
            "after a rollback by option B: the database from before takes its place again, and what"
                + " was written since is lost there")
    private boolean back;

    @Override
    boolean shows(String status) {
      // By option quick it stands still once the steps are undone.
      return back || status.equals(option.equals("quick") ? "PAUSED" : "ROLLING_BACK");
    }

    @Override
    void fill(Map<String, Object> body) {
      super.fill(body);
      body.put("option", option);
      if (back) {
        body.put("back", true);
      }
      environment.ifPresent(value -> body.put("environment", value));
    }
  }
}
