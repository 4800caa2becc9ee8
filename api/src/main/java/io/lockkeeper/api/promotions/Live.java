package io.lockkeeper.api.promotions;

import io.lockkeeper.activity.Progress;
import java.time.Instant;
import java.util.Optional;

/**
 * What a promotion's activities tell right now, in their heartbeats.
 *
 * @param progress of its step; absent while nothing runs or nobody knows
 * @param lease when its measures are put back by themselves; absent while nobody renews any
 */
record Live(Optional<Progress> progress, Optional<Instant> lease) {
  static final Live NOTHING = new Live(Optional.empty(), Optional.empty());

  /** Both, this one first. */
  Live or(Live other) {
    return new Live(progress.or(other::progress), lease.or(other::lease));
  }
}
