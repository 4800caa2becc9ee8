package io.lockkeeper.activities.figures;

import io.lockkeeper.activities.probe.RecentShare;
import io.lockkeeper.activities.redis.RedisServers;
import io.lockkeeper.activities.redis.RedisServers.Lookups;
import io.lockkeeper.activities.redis.RedisServers.Told;
import io.lockkeeper.limit.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which share of the look-ups of keys found one, in each of an environment's Redis servers. What
 * was counted lately is known to this worker alone, and to all who observe the environment. Safe
 * for many threads.
 */
final class HitRatios {
  private static final Duration LATELY = Duration.ofHours(1);

  /** Fewer look-ups tell nothing of a cache. */
  private static final int LOOKUPS = 1000;

  private final RedisServers redis;
  private final Map<String, Seen> seen = new HashMap<>();

  private record Seen(Lookups last, RecentShare recent) {}

  HitRatios(RedisServers redis) {
    this.redis = redis;
  }

  /**
   * Over the last hour; since the stage's start while it is not that old, or nobody has looked for
   * so long.
   *
   * @param marks where counters stood at the stage's start; are changed
   * @param stage when that was
   */
  synchronized Reading lately(String name, Map<String, String> marks, Instant stage, Instant now) {
    Told told = redis.ask(name);
    return told.lookups()
        .map(lookups -> lately(name, lookups, marks, stage, now))
        .orElseGet(() -> untold(name, told));
  }

  synchronized Reading lately(
      String name, Lookups lookups, Map<String, String> marks, Instant stage, Instant now) {
    long[] rise =
        Since.mark(marks, "redis." + name, lookups.run(), lookups.hits(), lookups.misses());
    RecentShare recent = recent(name, lookups);
    recent.add(now, (double) lookups.hits() + lookups.misses(), (double) lookups.hits());
    return recent
        .since(stage)
        .map(hour -> ratio(name, hour.part(), hour.all(), " in the last hour"))
        .orElseGet(() -> of(name, rise[0], rise[1], " since the stage began"));
  }

  /** Since the server began to count. */
  Reading sinceReset(String name) {
    Told told = redis.ask(name);
    return told.lookups()
        .map(now -> of(name, now.hits(), now.misses(), " since it began to count"))
        .orElseGet(() -> untold(name, told));
  }

  /** A server that was started anew, or whose counters fell, begins from zero. */
  private RecentShare recent(String name, Lookups now) {
    @Nullable Seen before = seen.get(name);
    RecentShare recent =
        before == null || !goesOn(before.last(), now)
            ? new RecentShare(LATELY, 0)
            : before.recent();
    seen.put(name, new Seen(now, recent));
    return recent;
  }

  private static boolean goesOn(Lookups before, Lookups now) {
    return before.run().equals(now.run())
        && before.hits() <= now.hits()
        && before.misses() <= now.misses();
  }

  private static Reading untold(String name, Told told) {
    return new Reading.Missing("redis " + name + ": " + told.why());
  }

  private static Reading of(String name, long hits, long misses, String when) {
    return ratio(name, (double) hits, (double) hits + misses, when);
  }

  private static Reading ratio(String name, double hits, double lookups, String when) {
    return lookups < LOOKUPS
        ? new Reading.Missing(
            "redis "
                + name
                + " was asked for "
                + Math.round(lookups)
                + " keys"
                + when
                + ", and fewer than "
                + LOOKUPS
                + " tell nothing")
        : new Reading.Figure(hits / lookups);
  }
}
