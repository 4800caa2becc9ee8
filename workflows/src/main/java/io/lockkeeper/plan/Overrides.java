package io.lockkeeper.plan;

import io.lockkeeper.limit.Durations;
import java.time.Duration;
import java.util.Optional;

/**
 * What a start changes of a bundle's times; only where every environment is a sandbox.
 *
 * @param soak instead of the bundle's soak
 * @param watch the last milestone; earlier ones scale
 * @param sample time between samples; what hangs on it scales
 * @param followUp instead of the bundle's times of follow-ups
 * @param anyWindow windows are skipped
 */
public record Overrides(
    Optional<Duration> soak,
    Optional<Duration> watch,
    Optional<Duration> sample,
    Optional<Duration> followUp,
    boolean anyWindow) {
  public static final Overrides NONE =
      new Overrides(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);

  public boolean any() {
    return soak.isPresent()
        || watch.isPresent()
        || sample.isPresent()
        || followUp.isPresent()
        || anyWindow;
  }

  /** For people: {@code soak 30s, watch 30s, sample 1s, any window}. */
  public String text() {
    StringBuilder text = new StringBuilder();
    soak.ifPresent(duration -> add(text, "soak " + Durations.print(duration)));
    watch.ifPresent(duration -> add(text, "watch " + Durations.print(duration)));
    sample.ifPresent(duration -> add(text, "sample " + Durations.print(duration)));
    followUp.ifPresent(duration -> add(text, "follow-up " + Durations.print(duration)));
    if (anyWindow) {
      add(text, "any window");
    }
    return text.toString();
  }

  private static void add(StringBuilder text, String part) {
    text.append(text.isEmpty() ? "" : ", ").append(part);
  }
}
