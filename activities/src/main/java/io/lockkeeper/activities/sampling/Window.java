package io.lockkeeper.activities.sampling;

import io.lockkeeper.activities.postgres.Drift;
import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowProgress;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.activity.WindowResult.PhaseChange;
import io.lockkeeper.blob.Blobs;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.limit.TriggerFold;
import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.limit.TriggerState.Phase;
import io.lockkeeper.step.Attachment;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stretch of a soak: takes samples when they are due, folds the triggers, and knows when it is
 * over. Used by one thread at a time.
 */
final class Window {
  private static final Logger LOG = LoggerFactory.getLogger(Window.class);

  private final Observed observed;
  private final WindowOrder order;
  private final Series series = new Series();
  private final List<PhaseChange> changes = new ArrayList<>();
  private final Map<String, String> carriedMarks;
  private final Map<String, Recent> recent;
  private List<TriggerState> states;
  private Instant nextSample;
  private Instant nextRound;
  private boolean breached;
  private @Nullable Readings readings;
  private @Nullable TriggerFold fold;
  private String what = "begins to sample";

  /**
   * @param carried what an earlier attempt came to
   * @param recent runs of the window before, which this one goes on with
   */
  Window(
      Observed observed,
      WindowOrder order,
      Optional<WindowProgress> carried,
      Map<String, Recent> recent) {
    this.observed = observed;
    this.order = order;
    this.recent = recent;
    this.states = carried.map(WindowProgress::states).orElse(order.states());
    this.carriedMarks = carried.map(WindowProgress::marks).orElse(order.marks());
    this.nextSample = carried.map(WindowProgress::next).orElse(order.from());
    this.nextRound = nextSample;
    carried.ifPresent(progress -> series.carry(progress.metrics()));
  }

  Instant nextSample() {
    return nextSample;
  }

  /** Whether its time is up or a trigger was breached that does something. */
  boolean over() {
    return breached || nextSample.isAfter(order.until());
  }

  /** Takes the sample that is due. */
  void sample(Instant now) {
    countMissed(now);
    boolean round = !nextRound.isAfter(now);
    Map<String, Reading> taken = new LinkedHashMap<>();
    try {
      Readings reader = readings();
      taken.putAll(reader.live());
      if (round) {
        taken.putAll(reader.round(now));
      }
    } catch (SQLException | LockkeeperException e) {
      what = "cannot sample: " + e.getMessage();
      LOG.warn("{}: {}", order.work().promotion(), what);
      Metrics.live().forEach(metric -> taken.put(metric, new Reading.Missing(what)));
    }
    series.add(now, taken);
    fold(now, taken);
    nextSample = after(nextSample, now, order.plan().sample());
    nextRound = round ? after(nextRound, now, order.plan().probeInterval()) : nextRound;
  }

  WindowProgress progress() {
    return new WindowProgress(
        nextSample,
        states.stream().filter(TriggerState::worthCarrying).toList(),
        series.samples(),
        marks(),
        what);
  }

  WindowResult result(Instant now) {
    Instant until = breached ? now : order.until();
    return new WindowResult(until, states, series.samples(), changes, marks(), kept(), drift());
  }

  /** Where it cannot be told now the next window tells it. */
  private List<String> drift() {
    try {
      return new Drift(observed.target()).sinceApplied(order.work().promotion());
    } catch (SQLException | LockkeeperException e) {
      LOG.warn(
          "{}: the schema could not be compared: {}", order.work().promotion(), e.getMessage());
      return List.of();
    }
  }

  /** The samples themselves; their store may be away, and the verdict does not wait for it. */
  private Optional<Attachment> kept() {
    Blobs blobs = observed.blobs();
    String name = order.plan().name() + "-samples-" + order.from().getEpochSecond() + ".json";
    try {
      return Optional.of(new Attachment(name, "application/json", blobs.write(series.json())));
    } catch (LockkeeperException e) {
      LOG.warn("{}: the samples are not kept: {}", order.work().promotion(), e.text());
      return Optional.empty();
    }
  }

  private void fold(Instant now, Map<String, Reading> taken) {
    if (fold == null) {
      return;
    }
    Map<String, Phase> before = new HashMap<>();
    states.forEach(state -> before.put(state.trigger() + state.metric(), state.phase()));
    states = fold.next(states, now, taken);
    int pending = 0;
    for (TriggerState state : states) {
      Phase was = before.getOrDefault(state.trigger() + state.metric(), Phase.OK);
      Reading reading = taken.get(state.metric());
      if (was != state.phase() && reading != null && told(was, state.phase())) {
        changes.add(new PhaseChange(state, fold.sentence(state, reading)));
      }
      pending += state.phase() == Phase.PENDING ? 1 : 0;
      breached |= state.phase() == Phase.BREACH && acts(state);
    }
    what = taken.size() + " figures at " + now + ", " + pending + " limits crossed";
  }

  /** Breaches, and whether it can be told at all; short crossings are noise to people. */
  private static boolean told(Phase was, Phase is) {
    return is == Phase.BREACH || is == Phase.INCONCLUSIVE || was == Phase.INCONCLUSIVE;
  }

  private boolean acts(TriggerState state) {
    return order.plan().triggers().get(state.trigger()).then() != Then.NOTE;
  }

  private Readings readings() throws SQLException {
    Readings ready = readings;
    if (ready == null) {
      ready = Readings.of(observed, order, carriedMarks, recent);
      readings = ready;
      fold = new TriggerFold(order.plan().triggers(), ready.baseline().baselines(), order.start());
    }
    return ready;
  }

  private Map<String, String> marks() {
    return readings == null ? carriedMarks : readings.marks();
  }

  /** What fell while nobody sampled was due all the same. */
  private void countMissed(Instant now) {
    long samples = whole(Duration.between(nextSample, now), order.plan().sample());
    if (samples > 0) {
      series.missed(samples, Metrics.live().stream().filter(m -> !m.startsWith("probe.")).toList());
    }
    long rounds = whole(Duration.between(nextRound, now), order.plan().probeInterval());
    if (rounds > 0 && readings != null) {
      series.missed(rounds, readings.roundMetrics());
    }
  }

  private static long whole(Duration late, Duration interval) {
    return late.isNegative() ? 0 : late.toMillis() / interval.toMillis();
  }

  /** The next time after now on the grid of the first. */
  private static Instant after(Instant due, Instant now, Duration interval) {
    Instant next = due.plus(interval);
    long skipped = whole(Duration.between(next, now), interval);
    Instant later = next.plus(interval.multipliedBy(skipped));
    return later.isAfter(now) ? later : later.plus(interval);
  }
}
