package io.lockkeeper.promotion;

import io.lockkeeper.step.Evidence.Measure;
import java.time.Instant;
import java.util.Optional;

/**
 * A measure that is in force, as the journal tells it.
 *
 * @param kind {@code read_only}, {@code connection_limit}, or a time-out's name
 * @param object {@code database NAME} or {@code role NAME}
 * @param found the value before, which will be put back; absent where nothing was set
 * @param until when it is put back by itself if nobody renews it
 */
public record MeasureState(
    String environment,
    String kind,
    String object,
    String put,
    Optional<String> found,
    Instant since,
    Optional<Instant> until) {

  static MeasureState of(String environment, Measure measure) {
    return new MeasureState(
        environment,
        measure.kind(),
        measure.object(),
        measure.put(),
        measure.found(),
        measure.since(),
        measure.until());
  }

  /** The same with the lease as it stands now. */
  public MeasureState until(Instant renewed) {
    return new MeasureState(environment, kind, object, put, found, since, Optional.of(renewed));
  }
}
