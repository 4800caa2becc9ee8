package io.lockkeeper.limit;

import io.lockkeeper.limit.Judgement.Truth;
import io.lockkeeper.limit.TriggerState.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;

/**
 * Evaluates triggers on samples, one after the other: the state before and a sample give the state
 * after, and nothing else counts. A breach needs the limit crossed for the whole time on at least
 * two readings (one for counters); missing readings never count as good.
 */
public final class TriggerFold {
  /** One lost reading may be an accident; two in a row are no data. */
  private static final int MISSING_IN_A_ROW = 2;

  private static final int RECENT_POINTS = 24;

  private final List<Trigger> triggers;
  private final Baselines baselines;
  private final Instant start;

  /**
   * @param start of the stage, from which {@code from} of a trigger counts
   */
  public TriggerFold(List<Trigger> triggers, Baselines baselines, Instant start) {
    this.triggers = List.copyOf(triggers);
    this.baselines = baselines;
    this.start = start;
  }

  /**
   * @param readings those that were due at this time, by metric; metrics that were not due are
   *     absent and keep their state
   */
  public List<TriggerState> next(
      List<TriggerState> before, Instant at, Map<String, Reading> readings) {
    Map<String, TriggerState> states = new LinkedHashMap<>();
    before.forEach(state -> states.put(key(state.trigger(), state.metric()), state));
    for (int i = 0; i < triggers.size(); i++) {
      Trigger trigger = triggers.get(i);
      if (at.isBefore(start.plus(trigger.from()))) {
        continue;
      }
      int number = i;
      readings.forEach(
          (metric, reading) -> {
            if (trigger.limit().matches(metric)) {
              TriggerState state =
                  states.getOrDefault(
                      key(number, metric), TriggerState.fresh(number, metric, at.toEpochMilli()));
              states.put(key(number, metric), next(trigger, state, at, reading));
            }
          });
    }
    return List.copyOf(states.values());
  }

  /**
   * The states after a stretch in which nobody read. What had crossed its limit before was not seen
   * to last: it begins anew, and until the next reading nothing is known of it. What was within its
   * limit stays so for that long, and is not where the stage ends first: {@link #atTheEnd}.
   *
   * @param missed by metric, readings in a row that were due and not taken
   */
  public static List<TriggerState> afterGap(
      List<TriggerState> before, Instant at, ToLongFunction<String> missed) {
    return before.stream().map(state -> afterGap(state, at, missed)).toList();
  }

  private static TriggerState afterGap(
      TriggerState state, Instant at, ToLongFunction<String> missed) {
    int more = (int) Math.min(missed.applyAsLong(state.metric()), Integer.MAX_VALUE / 2);
    int inARow = Math.min(state.missing(), Integer.MAX_VALUE / 2) + more;
    boolean broken = state.phase() == Phase.PENDING && inARow >= MISSING_IN_A_ROW;
    return switch (state.phase()) {
      case PENDING, OK ->
          phase(
              state,
              broken ? Phase.INCONCLUSIVE : state.phase(),
              at,
              broken ? 0 : state.crossings(),
              inARow);
      case BREACH, INCONCLUSIVE, NOT_APPLICABLE -> state;
    };
  }

  /** The states at a stage's end: what nobody read there is not good. */
  public static List<TriggerState> atTheEnd(List<TriggerState> states, Instant at) {
    return states.stream()
        .map(
            state ->
                state.phase() == Phase.OK && state.missing() >= MISSING_IN_A_ROW
                    ? phase(state, Phase.INCONCLUSIVE, at, 0, state.missing())
                    : state)
        .toList();
  }

  /** What the reading says about the trigger, for people. */
  public String sentence(TriggerState state, Reading reading) {
    Limit limit = limit(triggers.get(state.trigger()), state);
    if (limit.bound() instanceof Bound.Growth growth && reading instanceof Reading.Figure figure) {
      return state.metric()
          + " rose by "
          + Quantity.print(rise(state, figure), limit.dimension())
          + " within "
          + Durations.print(growth.within())
          + ", limit "
          + limit.text();
    }
    OptionalDouble baseline = baselines.value(state.metric());
    return LimitJudge.judge(
            limit, state.metric(), reading, baseline, baselines.noise(state.metric()))
        .sentence();
  }

  private TriggerState next(Trigger trigger, TriggerState state, Instant at, Reading reading) {
    if (state.phase() == Phase.BREACH) {
      return state;
    }
    List<double[]> recent = recent(trigger, state, at, reading);
    TriggerState now = with(trigger, state, recent, reading);
    return switch (truth(trigger, now, reading)) {
      case YES -> crossed(trigger, now, at);
      case NO, WITHIN_NOISE -> phase(now, Phase.OK, at, 0, 0);
      case NOT_APPLICABLE -> phase(now, Phase.NOT_APPLICABLE, at, 0, 0);
      case UNKNOWN -> missing(now, at);
    };
  }

  private Truth truth(Trigger trigger, TriggerState state, Reading reading) {
    Limit limit = limit(trigger, state);
    if (limit.bound() instanceof Bound.Growth growth && reading instanceof Reading.Figure figure) {
      return limit.operator().holds(rise(state, figure), growth.amount()) ? Truth.YES : Truth.NO;
    }
    return LimitJudge.truth(
        limit, reading, baselines.value(state.metric()), baselines.noise(state.metric()));
  }

  private Limit limit(Trigger trigger, TriggerState state) {
    return baselines.ratios().contains(state.metric())
        ? trigger.limit().ofShares()
        : trigger.limit();
  }

  private static double rise(TriggerState state, Reading.Figure figure) {
    return state.recent().isEmpty() ? 0 : figure.value() - state.recent().get(0)[1];
  }

  private static TriggerState crossed(Trigger trigger, TriggerState state, Instant at) {
    boolean goesOn = state.phase() == Phase.PENDING;
    int crossings = goesOn ? state.crossings() + 1 : 1;
    long since = goesOn ? state.sinceMillis() : at.toEpochMilli();
    boolean lasted = at.toEpochMilli() - since >= trigger.sustained().toMillis();
    boolean often = trigger.sustained().isZero() || crossings >= 2;
    return new TriggerState(
        state.trigger(),
        state.metric(),
        lasted && often ? Phase.BREACH : Phase.PENDING,
        since,
        crossings,
        0,
        state.last(),
        state.worst(),
        state.recent());
  }

  private static TriggerState missing(TriggerState state, Instant at) {
    int missing = state.missing() + 1;
    if (missing < MISSING_IN_A_ROW) {
      return phase(state, state.phase(), at, state.crossings(), missing);
    }
    return phase(state, Phase.INCONCLUSIVE, at, 0, missing);
  }

  private static TriggerState phase(
      TriggerState state, Phase phase, Instant at, int crossings, int missing) {
    long since = phase == state.phase() ? state.sinceMillis() : at.toEpochMilli();
    return new TriggerState(
        state.trigger(),
        state.metric(),
        phase,
        since,
        crossings,
        missing,
        state.last(),
        state.worst(),
        state.recent());
  }

  private static TriggerState with(
      Trigger trigger, TriggerState state, List<double[]> recent, Reading reading) {
    double last = reading instanceof Reading.Figure figure ? figure.value() : state.last();
    boolean belowIsWorse =
        trigger.limit().operator() == Operator.LESS
            || trigger.limit().operator() == Operator.LESS_OR_EQUAL;
    boolean worse = belowIsWorse ? last < state.worst() : last > state.worst();
    double worst = Double.isNaN(state.worst()) || worse ? last : state.worst();
    return new TriggerState(
        state.trigger(),
        state.metric(),
        state.phase(),
        state.sinceMillis(),
        state.crossings(),
        state.missing(),
        last,
        worst,
        recent);
  }

  /** Points within the time that growth looks back over, thinned so that the state stays small. */
  private static List<double[]> recent(
      Trigger trigger, TriggerState state, Instant at, Reading reading) {
    if (!(trigger.limit().bound() instanceof Bound.Growth growth)
        || !(reading instanceof Reading.Figure figure)) {
      return state.recent();
    }
    double now = at.toEpochMilli();
    List<double[]> points = new ArrayList<>();
    for (double[] point : state.recent()) {
      if (point[0] >= now - growth.within().toMillis()) {
        points.add(point);
      }
    }
    double step = (double) growth.within().toMillis() / RECENT_POINTS;
    if (points.isEmpty() || now - points.get(points.size() - 1)[0] >= step) {
      points.add(new double[] {now, figure.value()});
    }
    return List.copyOf(points);
  }

  private static String key(int trigger, String metric) {
    return trigger + " " + metric;
  }
}
