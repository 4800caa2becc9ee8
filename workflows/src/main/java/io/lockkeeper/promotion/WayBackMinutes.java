package io.lockkeeper.promotion;

import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.stage.StagePlan;
import java.time.Duration;
import java.util.Optional;

/**
 * How long a way back takes: what was measured, and estimated from that, beside what the change
 * allows.
 *
 * @param seconds absent where nobody has measured it yet
 * @param how it was measured: {@code in the rehearsal}
 * @param estimated seconds here, where it was measured elsewhere; absent where nobody can tell
 * @param within how long it may take; longer is told, it is never cut off
 */
public record WayBackMinutes(
    Optional<Double> seconds, String how, Optional<Double> estimated, Optional<Duration> within) {

  /** One that was measured here, or not at all. */
  public WayBackMinutes(Optional<Double> seconds, String how, Optional<Duration> within) {
    this(seconds, how, Optional.empty(), within);
  }

  /** Of option A, as far as the promotion knows it. */
  public static WayBackMinutes optionA(PromotionState state, StagePlan.Deploy stage) {
    return optionA(state, stage.environment(), stage.rollbackWithin());
  }

  /** As above. */
  public static WayBackMinutes optionA(
      PromotionState state, String environment, Optional<Duration> within) {
    Optional<Known.Back> back = state.known().back(environment);
    if (back.isEmpty()) {
      return new WayBackMinutes(state.revertSeconds(), "in the rehearsal", within);
    }
    boolean here = back.get().environment().equals(environment);
    return new WayBackMinutes(
        Optional.of(back.get().seconds()),
        "for "
            + back.get().units()
            + (back.get().units() == 1 ? " unit" : " units")
            + " in the rehearsal of "
            + back.get().environment(),
        here ? Optional.empty() : state.known().estimatedBack(environment),
        within);
  }

  /**
   * {@code 4.20 s for 9 units in the rehearsal of staging, estimated 14.3 s here, at most 5m};
   * {@code not measured yet}.
   */
  public String text() {
    return measured()
        + within.map(most -> ", at most " + Durations.print(most) + late(most)).orElse("");
  }

  /** The same, without what the change allows. */
  public String measured() {
    String here =
        estimated
            .map(known -> ", estimated " + Quantity.print(known, Dimension.TIME) + " here")
            .orElse("");
    return seconds
        .map(known -> Quantity.print(known, Dimension.TIME) + " " + how + here)
        .orElse("not measured yet");
  }

  private String late(Duration most) {
    boolean late =
        estimated.or(() -> seconds).filter(known -> known > most.toNanos() / 1e9).isPresent();
    return late ? ": LONGER than it may" : "";
  }
}
