package io.lockkeeper.activities.sampling;

import io.lockkeeper.activities.postgres.Drift;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.probe.ServerFigures;
import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowProgress;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.activity.WindowResult.PhaseChange;
import io.lockkeeper.blob.Blobs;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.limit.Baselines;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.limit.TriggerFold;
import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.limit.TriggerState.Phase;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.StatementChanges;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stretch of a soak: knows when a sample and a round of probes are due, folds the triggers, and
 * knows when it is over. Safe for several threads, of which one at a time samples and one is in a
 * round.
 */
final class Window {
  private static final Logger LOG = LoggerFactory.getLogger(Window.class);

  /** In this part of the time between two samples a window's result is made and handed over. */
  private static final int HANDED_OVER = 4;

  /** Somebody's lock on what is touched must not hold up a window's end. */
  private static final Duration DRIFT = Duration.ofSeconds(5);

  private final Observed observed;
  private final WindowOrder order;
  private final Instant until;
  private final Series series = new Series();
  private final List<PhaseChange> changes = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<String, String> carriedMarks;
  private final Map<String, Recent> recent;
  private final boolean successor;
  private List<TriggerState> states;
  private Instant nextSample;
  private Instant nextRound;
  private boolean sampled;
  private boolean inRound;
  private boolean closed;
  private boolean breached;
  private boolean cut;
  private Optional<Pace> pace = Optional.empty();

  /** The first round that was left out, so that the one before rests; until the next begins. */
  private Optional<Instant> leftOut = Optional.empty();

  /** What the round that rests could not read: it was due in those that are left out too. */
  private Set<String> unread = Set.of();

  /** Rounds that were due while nothing could be read at all. */
  private long blindRounds;

  private volatile @Nullable Readings readings;
  private TriggerFold fold;
  private String what = "begins to sample";

  private Window(
      Observed observed,
      WindowOrder order,
      Optional<WindowProgress> carried,
      Map<String, Recent> recent,
      Instant first,
      Instant until) {
    this.observed = observed;
    this.order = order;
    this.recent = recent;
    this.until = until;
    this.successor = carried.isPresent();
    this.states = carried.map(WindowProgress::states).orElse(order.states());
    this.carriedMarks = carried.map(WindowProgress::marks).orElse(order.marks());
    this.nextSample = carried.map(WindowProgress::next).orElse(first);
    this.nextRound = nextSample;
    // Enough to judge what is missing: that needs no baseline.
    this.fold = new TriggerFold(order.plan().triggers(), Baselines.NONE, order.start());
    carried.ifPresent(progress -> series.carry(progress.metrics()));
    carried.ifPresent(progress -> tellAgain(progress.states()));
  }

  /** What the worker before had seen and could not tell any more. */
  private void tellAgain(List<TriggerState> seen) {
    Map<String, Phase> before = phases(order.states());
    for (TriggerState state : seen) {
      Phase was = before.getOrDefault(state.trigger() + state.metric(), Phase.OK);
      if (was != state.phase() && told(was, state.phase())) {
        String found =
            switch (state.phase()) {
              case BREACH -> " beyond its limit" + since(state);
              case PENDING -> " beyond its limit" + since(state) + ", not for long enough";
              case INCONCLUSIVE -> " was not measured";
              case OK -> " within its limit";
              case NOT_APPLICABLE -> " does not apply here";
            };
        changes.add(
            new PhaseChange(state, state.metric() + found + ", as a worker saw that was lost"));
      }
    }
  }

  private static String since(TriggerState state) {
    return " since " + Instant.ofEpochMilli(state.sinceMillis());
  }

  private static Map<String, Phase> phases(List<TriggerState> states) {
    Map<String, Phase> phases = new HashMap<>();
    states.forEach(state -> phases.put(state.trigger() + state.metric(), state.phase()));
    return phases;
  }

  /**
   * A window whose samples are due as it is ordered.
   *
   * @param carried what an earlier attempt came to
   * @param recent runs of the window before, which this one goes on with
   */
  Window(
      Observed observed,
      WindowOrder order,
      Optional<WindowProgress> carried,
      Map<String, Recent> recent) {
    this(observed, order, carried, recent, order.from(), order.until());
  }

  /**
   * As the constructor, with moments that do not fall together with those of others: samples of one
   * target are due together, which one look serves, and apart from those of other targets; a
   * promotion's first window is shorter, so that its later ones end when no other's do. A window
   * ends soon after a sample of its target: the next one has most of the time until the sample that
   * comes then to begin in.
   */
  static Window spread(
      Observed observed,
      WindowOrder order,
      Optional<WindowProgress> carried,
      Map<String, Recent> recent) {
    String target = observed.target().title();
    Instant first = Spread.from(order.from(), order.plan().sample(), target);
    return new Window(observed, order, carried, recent, first, end(order, target));
  }

  /** The last one of a stage ends with it, and a short one has nothing to spread. */
  private static Instant end(WindowOrder order, String target) {
    Duration round = order.plan().probeInterval();
    Duration length = Duration.between(order.from(), order.until());
    if (length.compareTo(order.plan().window()) < 0 || length.compareTo(round) <= 0) {
      return order.until();
    }
    Instant last =
        order.marks().isEmpty()
            ? order.from().plus(round).plus(Spread.within(length.minus(round), name(order)))
            : order.until();
    Duration sample = order.plan().sample();
    Duration shortly = sample.dividedBy(HANDED_OVER);
    return Spread.from(last.minus(sample).minus(shortly).plusMillis(1), sample, target)
        .plus(shortly);
  }

  private static String name(WindowOrder order) {
    return order.work().promotion() + "/" + order.work().stage();
  }

  synchronized Instant nextSample() {
    return nextSample;
  }

  /** Whether its time is up or a trigger was breached that does something. */
  synchronized boolean over() {
    return breached || nextSample.isAfter(until);
  }

  /** Whether it ends as soon as a round of probes has come back that is under way. */
  synchronized boolean awaitsRound() {
    return inRound && !breached;
  }

  boolean isReady() {
    return readings != null;
  }

  /**
   * Reads what it needs to begin: bundle, baseline, marks of logs.
   *
   * @return whether all of it was there
   */
  boolean prepare() {
    try {
      Readings ready = Readings.of(observed, order, carriedMarks, recent);
      synchronized (this) {
        fold =
            new TriggerFold(order.plan().triggers(), ready.baseline().baselines(), order.start());
        readings = ready;
        if (blindRounds > 0) {
          series.missed(blindRounds, roundMetrics());
          blindRounds = 0;
        }
      }
      return true;
    } catch (SQLException | LockkeeperException e) {
      say("cannot sample: " + e.getMessage());
      LOG.warn("{}: {}", order.work().promotion(), what);
      return false;
    }
  }

  private synchronized void say(String words) {
    what = words;
  }

  /** Takes what is due now, with a look of its own. */
  void sample(Instant now) {
    if (!isReady() && !prepare()) {
      blind(now);
      return;
    }
    live(now, look());
    if (beginsRound(now)) {
      round(now);
    }
  }

  private Gauge.Look look() {
    try {
      return new Gauge.Look(Optional.of(observed.target().sample(ServerFigures::of)), "");
    } catch (SQLException e) {
      return new Gauge.Look(Optional.empty(), SqlFailures.text(e));
    }
  }

  /** The sample that is due, where nothing can be read at all. */
  synchronized void blind(Instant now) {
    countMissed(now);
    Map<String, Reading> nothing = missing(sampleMetrics(), what);
    series.add(now, nothing);
    long rounds = due(nextRound, now, probes());
    if (rounds > 0) {
      blindRounds += rounds;
      nextRound = after(nextRound, now, probes());
      nothing.putAll(missing(roundMetrics(), what));
    }
    fold(now, nothing);
    nextSample = after(nextSample, now, order.plan().sample());
  }

  private static Map<String, Reading> missing(Set<String> metrics, String why) {
    Map<String, Reading> nothing = new LinkedHashMap<>();
    metrics.forEach(metric -> nothing.put(metric, new Reading.Missing(why)));
    return nothing;
  }

  private Set<String> sampleMetrics() {
    Set<String> metrics = known(Metrics::atEverySample);
    metrics.addAll(Readings.liveMetrics());
    return metrics;
  }

  private Set<String> roundMetrics() {
    Set<String> metrics = known(metric -> !Metrics.atEverySample(metric));
    if (isReady()) {
      metrics.addAll(ready().roundMetrics());
    }
    return metrics;
  }

  /** What triggers name, and what was seen before; what does not apply is never due. */
  private Set<String> known(Predicate<String> which) {
    Set<String> metrics = new LinkedHashSet<>(series.metrics());
    order.plan().triggers().stream()
        .filter(trigger -> !trigger.limit().isPattern())
        .forEach(trigger -> metrics.add(trigger.limit().metric()));
    states.forEach(state -> metrics.add(state.metric()));
    states.stream()
        .filter(state -> state.phase() == Phase.NOT_APPLICABLE)
        .forEach(state -> metrics.remove(state.metric()));
    metrics.removeIf(which.negate());
    return metrics;
  }

  /** Takes the sample that is due. */
  synchronized void live(Instant now, Gauge.Look look) {
    countMissed(now);
    Readings.Live live = ready().live(look);
    notes.addAll(live.notes());
    series.add(now, live.readings());
    fold(now, live.readings());
    long pending = states.stream().filter(state -> state.phase() == Phase.PENDING).count();
    String crossed = pending == 1 ? " limit crossed" : " limits crossed";
    what = live.readings().size() + " figures at " + now + ", " + pending + crossed;
    nextSample = after(nextSample, now, order.plan().sample());
  }

  /** Whether a round is due; then it has begun, and {@link #round} must follow. */
  synchronized boolean beginsRound(Instant now) {
    if (nextRound.isAfter(now) || inRound || breached) {
      return false;
    }
    countLeftOut(nextRound.minusMillis(1));
    long missed = whole(Duration.between(nextRound, now), probes());
    if (missed > 0) {
      Set<String> metrics = roundMetrics();
      series.missed(missed, metrics);
      states = TriggerFold.afterGap(states, now, metric -> metrics.contains(metric) ? missed : 0);
    }
    nextRound = after(nextRound, now, probes());
    inRound = true;
    return true;
  }

  /** What falls due before a round has rested for as long as it took is not due. */
  private Map<String, Reading> paced(Instant now, Readings ready) {
    long began = System.nanoTime();
    Map<String, Reading> taken = ready.round(now);
    rest(now, Duration.ofNanos(System.nanoTime() - began));
    return taken;
  }

  private synchronized void rest(Instant began, Duration took) {
    Instant rested = began.plus(took.multipliedBy(2));
    if (nextRound.isBefore(rested)) {
      Instant due = nextRound.minus(probes());
      leftOut = Optional.of(nextRound);
      nextRound = after(nextRound, rested, probes());
      pace = Optional.of(new Pace(took, Duration.between(due, nextRound)));
    }
  }

  /** Takes a round of probes, requests, and checks. */
  void round(Instant now) {
    Readings ready = ready();
    Optional<Map<String, Reading>> taken = Optional.empty();
    try {
      taken = Optional.of(paced(now, ready));
    } finally {
      rounded(now, taken);
    }
  }

  private synchronized void rounded(Instant now, Optional<Map<String, Reading>> taken) {
    inRound = false;
    if (closed) {
      return;
    }
    if (taken.isPresent()) {
      Map<String, Reading> all = withUnmatched(taken.get());
      series.add(now, all);
      fold(now, all);
      unread = new LinkedHashSet<>(all.keySet());
      unread.removeIf(metric -> !(all.get(metric) instanceof Reading.Missing));
    } else {
      missedRounds(now, 1, "the round of probes failed unexpectedly");
    }
  }

  /** What could not be read is missing in the rounds that were left out, up to now. */
  private void countLeftOut(Instant now) {
    long rounds = leftOut.map(first -> due(first, now, probes())).orElse(0L);
    series.missed(rounds, unread);
    states = TriggerFold.afterGap(states, now, metric -> unread.contains(metric) ? rounds : 0);
    leftOut = Optional.empty();
    unread = Set.of();
  }

  /**
   * A pattern that nothing here matches, and a probe or check that is not made in this environment,
   * are told to people: these are no limits that were kept.
   */
  private Map<String, Reading> withUnmatched(Map<String, Reading> taken) {
    Map<String, Reading> all = new LinkedHashMap<>(taken);
    Set<String> measured = sampleMetrics();
    measured.addAll(taken.keySet());
    for (Trigger trigger : order.plan().triggers()) {
      Limit limit = trigger.limit();
      if ((limit.isPattern() || Metrics.isOfTheChange(limit.metric()))
          && measured.stream().noneMatch(limit::matches)) {
        all.put(limit.metric(), new Reading.NotApplicable("nothing of that name is measured here"));
      }
    }
    return all;
  }

  /** Two in a row tell what more of them would. */
  private void missedRounds(Instant at, long rounds, String why) {
    Set<String> metrics = roundMetrics();
    series.missed(rounds, metrics);
    Map<String, Reading> nothing = missing(metrics, why);
    for (long round = 0; round < Math.min(rounds, 2); round++) {
      fold(at, nothing);
    }
  }

  WindowProgress progress() {
    synchronized (this) {
      return Fitted.progress(
          new WindowProgress(nextSample, states, series.samples(), marks(), what), order);
    }
  }

  /** It is not wanted to its end: it reaches as far as it came. */
  synchronized void cut() {
    cut = true;
  }

  /**
   * Ends it: a round that has not come back is missing, as are those that were due meanwhile, and
   * is not heard any more.
   */
  synchronized void close() {
    Instant end = cut && nextSample.isBefore(until) ? nextSample.minusMillis(1) : until;
    if (!closed && !breached) {
      countLeftOut(earlier(end, nextRound.minusMillis(1)));
    }
    if (!closed && inRound) {
      long waiting = breached ? 0 : due(nextRound, end, probes());
      missedRounds(end, 1 + waiting, "the round of probes did not come back");
    }
    if (!closed && !isReady()) {
      series.missed(blindRounds, roundMetrics());
    }
    closed = true;
  }

  /** What it came to. */
  WindowResult result(Instant now) {
    List<String> drift = isBreached() ? List.of() : drift();
    Optional<Attachment> kept = kept();
    Optional<StatementChanges> statements = statements(!drift.isEmpty());
    synchronized (this) {
      notes.addAll(readings == null ? List.of() : ready().told(pace.map(Pace::text)));
      return Fitted.result(
          new WindowResult(
              end(now), states, series.samples(), changes, marks(), kept, drift, notes, statements),
          order);
    }
  }

  /** A breach waits for nothing that may wait for a lock; the way back looks at the schema. */
  private synchronized boolean isBreached() {
    return breached;
  }

  /** Where it was asked for, and where the stage ends with this window. */
  private Optional<StatementChanges> statements(boolean drifted) {
    @Nullable Readings ready = readings;
    boolean last;
    synchronized (this) {
      last = breached || drifted;
    }
    return ready != null && (last || order.statements())
        ? Optional.of(ready.statementChanges())
        : Optional.empty();
  }

  /** Where it cannot be told now the next window tells it. */
  private List<String> drift() {
    try {
      return new Drift(observed.target(), DRIFT).sinceApplied(order.work().promotion());
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
    byte[] json;
    synchronized (this) {
      json = series.json();
    }
    try {
      return Optional.of(new Attachment(name, "application/json", blobs.write(json)));
    } catch (LockkeeperException e) {
      LOG.warn("{}: the samples are not kept: {}", order.work().promotion(), e.text());
      return Optional.empty();
    }
  }

  private void fold(Instant now, Map<String, Reading> taken) {
    Map<String, Phase> before = phases(states);
    states = fold.next(states, now, taken);
    for (TriggerState state : states) {
      Phase was = before.getOrDefault(state.trigger() + state.metric(), Phase.OK);
      Reading reading = taken.get(state.metric());
      if (was != state.phase() && reading != null && told(was, state.phase())) {
        changes.add(new PhaseChange(state, fold.sentence(state, reading)));
      }
      breached |= state.phase() == Phase.BREACH && acts(state);
    }
  }

  /** Breaches, and whether it can be told at all; short crossings are noise to people. */
  private static boolean told(Phase was, Phase is) {
    return is == Phase.BREACH || is == Phase.INCONCLUSIVE || was == Phase.INCONCLUSIVE;
  }

  private boolean acts(TriggerState state) {
    return order.plan().triggers().get(state.trigger()).then() != Then.NOTE;
  }

  private Readings ready() {
    Readings ready = readings;
    if (ready == null) {
      throw new IllegalStateException("the window has not begun");
    }
    return ready;
  }

  private Map<String, String> marks() {
    Readings ready = readings;
    return ready == null ? carriedMarks : ready.marks();
  }

  private Duration probes() {
    return order.plan().probeInterval();
  }

  /** What fell while nobody sampled was due all the same. */
  private void countMissed(Instant now) {
    Instant last = now.isAfter(until) ? until : now;
    long samples = whole(Duration.between(nextSample, last), order.plan().sample());
    if (samples > 0) {
      Set<String> metrics = sampleMetrics();
      series.missed(samples, metrics);
      states = TriggerFold.afterGap(states, now, metric -> metrics.contains(metric) ? samples : 0);
      notes.add(
          samples
              + (samples == 1 ? " sample is" : " samples are")
              + " missing from "
              + nextSample
              + " on"
              + (successor && !sampled ? ": the worker that took them was lost" : ""));
    }
    sampled = true;
  }

  /** How many are due from the first on, up to now. */
  private static long due(Instant first, Instant now, Duration interval) {
    return first.isAfter(now) ? 0 : 1 + whole(Duration.between(first, now), interval);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static long whole(Duration late, Duration interval) {
    return late.isNegative() ? 0 : late.toMillis() / interval.toMillis();
  }

  /** One that is cut short ends before the sample that comes next. */
  private Instant end(Instant now) {
    if (breached) {
      return now;
    }
    return cut && nextSample.isBefore(until) ? nextSample : until;
  }

  /** The next time after now on the grid of the first. */
  private static Instant after(Instant due, Instant now, Duration interval) {
    Instant next = due.plus(interval);
    long skipped = whole(Duration.between(next, now), interval);
    Instant later = next.plus(interval.multipliedBy(skipped));
    return later.isAfter(now) ? later : later.plus(interval);
  }
}
