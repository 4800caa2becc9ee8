package io.lockkeeper.activities.step;

import io.lockkeeper.activities.guard.LiveLimits;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.probe.LiveWatch;
import io.lockkeeper.change.SectionRules;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Waits until the limits of a section have been clear for a while, on short reads. */
final class Clearing {
  private static final Duration CLEAR = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Place place;
  private final Running running;
  private final Duration clear;
  private final Duration patience;
  private final LiveWatch live = new LiveWatch();

  Clearing(Place place, Running running) {
    this(place, running, CLEAR, PATIENCE);
  }

  Clearing(Place place, Running running, Duration clear, Duration patience) {
    this.place = place;
    this.running = running;
    this.clear = clear;
    this.patience = patience;
  }

  StepResult run() {
    // A step beside the sections has the usual rules.
    SectionRules rules =
        place.order().step() instanceof Step.Apply apply
            ? place.rules(apply.section())
            : SectionRules.USUAL;
    long began = System.nanoTime();
    long since = began;
    while (true) {
      List<String> open = open(rules);
      long now = System.nanoTime();
      since = open.isEmpty() ? since : now;
      if (now - since >= clear.toNanos()) {
        return StepResult.pass(
            "clear for " + Quantity.print(clear.toMillis() / 1000.0, Dimension.TIME));
      }
      if (now - began >= patience.toNanos()) {
        return StepResult.of(Verdict.FAIL, late(open));
      }
      running.beat(
          open.isEmpty()
              ? "clear for " + (now - since) / 1_000_000_000 + " of " + clear.toSeconds() + " s"
              : "waits until it is clear: " + String.join("; ", open));
      running.rest(LOOK);
    }
  }

  /** Ours of {@code guard} are nought while nothing of ours runs. */
  private List<String> open(SectionRules rules) {
    Map<String, Reading> readings = LimitedFigures.of(place, rules, readings());
    List<String> open = new ArrayList<>(LiveLimits.open(rules.health(), readings));
    LiveLimits.crossed(rules.guard(), readings).stream()
        .filter(sentence -> !open.contains(sentence))
        .forEach(open::add);
    return open;
  }

  private Map<String, Reading> readings() {
    try {
      return live.look(place.target());
    } catch (SQLException e) {
      throw SqlFailures.of("reading the live figures", place.target(), e);
    }
  }

  private String late(List<String> open) {
    return "it did not become clear on "
        + place.target().title()
        + " within "
        + Quantity.print(patience.toMillis() / 1000.0, Dimension.TIME)
        + ": "
        + (open.isEmpty()
            ? "it never was for " + clear.toSeconds() + " s at a time"
            : String.join("; ", open))
        + Blocking.sentence(place.target())
        + ". Nothing was begun. Wait for it or end what stands in the way, then resume";
  }
}
