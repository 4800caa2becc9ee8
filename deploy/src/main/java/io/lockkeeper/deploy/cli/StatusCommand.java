package io.lockkeeper.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.activity.Progress;
import io.lockkeeper.activity.ProgressLine;
import io.lockkeeper.deploy.cli.Waiting.Until;
import io.lockkeeper.deploy.client.ServerClient.Answer;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.promotion.ForecastRow;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockkeeper status}. */
@Command(
    name = "status",
    description = "Show a promotion; with --watch as it goes on, until it has ended.",
    mixinStandardHelpOptions = true)
final class StatusCommand extends ServerCommand implements Callable<Integer> {
  @Parameters(paramLabel = "ID", description = "the promotion")
  private String id = "";

  @Option(names = "--watch", description = "print each event as it comes")
  private boolean watch;

  @Option(
      names = "--timeout",
      defaultValue = "30d",
      converter = DurationConverter.class,
      description = "give the watch up after it; the promotion goes on")
  private Duration timeout = Duration.ofDays(30);

  @Override
  public Integer call() {
    Answer answer = client().get("/promotions/" + id);
    if (!answer.good()) {
      return refused(answer);
    }
    if (watch) {
      return new Waiting(client(), id, out(), err(), json()).until(Until.COMPLETE, timeout);
    }
    if (json()) {
      out().println(answer.text());
    } else {
      print(answer.json());
    }
    return Exit.REACHED;
  }

  /**
   * {@code dev, read_only of database magnus on (before: not set) since …, until … if not renewed}.
   */
  private static String inForce(JsonNode measure) {
    return measure.path("environment").asText()
        + ", "
        + measure.path("kind").asText()
        + " of "
        + measure.path("object").asText()
        + " "
        + measure.path("put").asText()
        + " (before: "
        + measure.path("found").asText("not set")
        + ") since "
        + Texts.time(measure.path("since"))
        + (measure.has("until")
            ? ", put back by itself at " + Texts.time(measure.path("until")) + " if not renewed"
            : "");
  }

  /**
   * {@code A of staging: 4.20 s for 9 units in the rehearsal of dev, at most 5m}; of B also what it
   * loses.
   */
  private static String wayBack(JsonNode way) {
    return way.path("option").asText()
        + " of "
        + way.path("environment").asText()
        + (way.path("ahead").asBoolean() ? ", once it is applied: " : ": ")
        + (way.has("why_not") ? "NOT TO BE HAD, " + way.path("why_not").asText() + "; " : "")
        + (way.has("backup") ? "restores " + way.path("backup").asText() + ", " : "")
        + way.path("minutes").asText()
        + (way.has("loses_since")
            ? "; LOSES what was written since " + Texts.time(way.path("loses_since"))
            : "");
  }

  private void print(JsonNode promotion) {
    out().println(promotion.path("id").asText() + "  " + promotion.path("status").asText());
    out().println(promotion.path("sentence").asText());
    out()
        .println(
            "change "
                + promotion.path("change").path("hash").asText()
                + ", asked for by "
                + promotion.path("requested_by").asText()
                + ": "
                + promotion.path("reason").asText());
    boolean over = promotion.has("ended_at");
    for (JsonNode stage : promotion.path("stages")) {
      boolean begun = stage.path("status").asText().equals("IN_PROGRESS");
      String sign =
          switch (stage.path("status").asText()) {
            case "ENDED" -> "●";
            // What was on when the promotion ended was stopped.
            case "IN_PROGRESS" -> over ? "✕" : "◉";
            default -> "○";
          };
      out()
          .println(
              " "
                  + sign
                  + " "
                  + pad(stage.path("name").asText(), 26)
                  + pad(begun && over ? "stopped" : stage.path("verdict").asText(""), 14)
                  + (stage.has("deadline")
                      ? "until " + Texts.time(stage.path("deadline"))
                      : stage.path("sentence").asText("")));
      if (begun) {
        stage.path("steps").forEach(this::step);
      }
    }
    JsonNode progress = promotion.path("progress");
    if (progress.has("what")) {
      out().println("now: " + ProgressLine.of(Json.read(progress, Progress.class)));
    }
    promotion.path("measures").forEach(measure -> out().println("in force: " + inForce(measure)));
    promotion
        .path("pending")
        .forEach(
            p ->
                out()
                    .println(
                        "waits for "
                            + p.path("role").asText()
                            + " since "
                            + Texts.time(p.path("since"))));
    if (promotion.has("evidence_hash")) {
      out().println("evidence " + promotion.path("evidence_hash").asText());
    }
    for (JsonNode next : promotion.path("next")) {
      String text = next.path("text").asText();
      out().println("next: " + next.path("change").asText() + (text.isEmpty() ? "" : ": " + text));
    }
    promotion.path("outlooks").forEach(this::outlook);
    promotion.path("way_back").forEach(this::way);
    promotion.path("left").forEach(left -> out().println("left: " + left.asText()));
    StringBuilder allowed = new StringBuilder();
    for (JsonNode action : promotion.path("allowed_actions")) {
      if (action.path("allowed").asBoolean()) {
        allowed.append(' ').append(Texts.verb(action.path("action")));
      }
    }
    out().println("allowed now:" + (allowed.isEmpty() ? " nothing" : allowed));
    for (JsonNode action : promotion.path("allowed_actions")) {
      if (action.has("effect")) {
        String verb = pad(Texts.verb(action.path("action")), 9);
        out().println("  " + verb + " " + action.path("effect").asText());
      }
    }
    promotion
        .path("open_follow_ups")
        .forEach(open -> out().println("still to do: " + stillToDo(open)));
  }

  /** {@code vacuum, for release-manager, at 2026-…: vacuum analyze stocks (FAIL, …)}. */
  private static String stillToDo(JsonNode open) {
    String sentence = open.path("sentence").asText("");
    return open.path("name").asText()
        + (open.has("role") ? ", for " + open.path("role").asText() : "")
        + (open.path("standing").asText().equals("waiting")
            ? ", at " + Texts.time(open.path("due"))
            : "")
        + ": "
        + open.path("title").asText()
        + (sentence.isEmpty() || open.path("kind").asText().equals("ask")
            ? ""
            : " (" + sentence + ")");
  }

  private void way(JsonNode way) {
    out().println("way back " + wayBack(way));
    JsonNode now = way.path("now");
    if (now.has("at")) {
      out()
          .println(
              "  looked at " + Texts.time(now.path("at")) + ": " + now.path("sentence").asText());
      for (JsonNode unit : now.path("now").path("units")) {
        out()
            .println(
                "  "
                    + pad(unit.path("finding").asText(), 12)
                    + (unit.path("left").asBoolean() ? "LEFT  " : "      ")
                    + unit.path("section").asText()
                    + " "
                    + unit.path("unit").asInt()
                    + " "
                    + unit.path("title").asText()
                    + ": "
                    + unit.path("sentence").asText());
      }
      now.path("now")
          .path("differences")
          .forEach(line -> out().println("  changed by somebody: " + line.asText()));
    }
  }

  private void outlook(JsonNode outlook) {
    String from = outlook.path("from").asText();
    out()
        .println(
            "forecast for "
                + outlook.path("environment").asText()
                + ": "
                + outlook.path("verdict").asText()
                + ", "
                + outlook.path("sentence").asText());
    for (JsonNode row : outlook.path("sections")) {
      ForecastRow section = Json.read(row, ForecastRow.class);
      out()
          .println(
              "  section "
                  + section.section()
                  + ": "
                  + section.forecast()
                  + section
                      .measured()
                      .map(took -> ", took " + Quantity.print(took, Dimension.TIME))
                      .orElse("")
                  + (section.error().isPresent() ? " (" + section.errorText() + ")" : "")
                  + "; back "
                  + section.backForecast());
    }
    for (JsonNode item : outlook.path("likeness")) {
      out()
          .println(
              "  like "
                  + from
                  + ": "
                  + pad(item.path("verdict").asText(), 14)
                  + item.path("name").asText()
                  + ": "
                  + item.path("sentence").asText());
    }
  }

  private void step(JsonNode step) {
    if (step.path("attempt").asInt() > 0) {
      out()
          .println(
              "     "
                  + pad(step.path("verdict").asText("…"), 14)
                  + step.path("title").asText()
                  + "  "
                  + step.path("sentence").asText());
    }
  }

  static String pad(String text, int width) {
    return text.length() >= width ? text + " " : text + " ".repeat(width - text.length());
  }
}
