package io.lockkeeper.api.promotions;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What was read of each promotion, for so long, however many look on. Safe for many threads.
 *
 * @param <T> what is read
 */
final class Fresh<T> {
  private final Duration lasts;
  private final int kept;
  private final Function<String, T> source;
  private final Map<String, Read<T>> reads = new ConcurrentHashMap<>();

  private record Read<T>(long at, T value) {}

  /**
   * @param kept promotions of which something is kept at most
   * @param source reads it anew
   */
  Fresh(Duration lasts, int kept, Function<String, T> source) {
    this.lasts = lasts;
    this.kept = kept;
    this.source = source;
  }

  T of(String promotion) {
    if (reads.size() > kept) {
      reads.clear();
    }
    return reads
        .compute(
            promotion,
            (id, before) ->
                before != null && System.nanoTime() - before.at() < lasts.toNanos()
                    ? before
                    : new Read<>(System.nanoTime(), source.apply(id)))
        .value();
  }
}
