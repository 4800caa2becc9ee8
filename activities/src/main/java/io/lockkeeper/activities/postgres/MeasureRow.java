package io.lockkeeper.activities.postgres;

import io.lockkeeper.step.Evidence.Measure;
import java.time.Instant;
import java.util.Optional;

/**
 * A measure on the target as the ledger knows it.
 *
 * @param found the value before; absent where nothing was set
 * @param until the lease's end, on the target's clock
 * @param lapsed whether that was past when it was looked at
 */
record MeasureRow(
    TargetSetting setting,
    Optional<String> found,
    String put,
    Instant since,
    Instant until,
    boolean lapsed) {

  /** While it is in force. */
  Measure inForce() {
    return new Measure(setting.kind(), setting.title(), put, found, since, Optional.of(until));
  }

  /** After it was put back. */
  Measure putBack() {
    return new Measure(setting.kind(), setting.title(), put, found, since, Optional.empty());
  }
}
