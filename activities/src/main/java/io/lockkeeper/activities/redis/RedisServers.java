package io.lockkeeper.activities.redis;

import io.lockkeeper.activities.redis.RedisStatistics.RefusedException;
import io.lockkeeper.activities.settings.Sources.Redis;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The Redis servers of an environment. What one answered is kept for a few seconds, so that many
 * who observe do not ask more often. Safe for many threads.
 */
public final class RedisServers {
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Map<String, RedisStatistics> servers = new LinkedHashMap<>();
  private final Map<String, Kept> kept = new HashMap<>();

  /**
   * Look-ups of keys since a server's start.
   *
   * @param run id that the server gave itself when it started
   */
  public record Lookups(String run, long hits, long misses) {}

  /**
   * What a server told.
   *
   * @param lookups absent where they cannot be told
   * @param why they cannot
   */
  public record Told(Optional<Lookups> lookups, String why) {}

  private record Kept(Told told, long nanos) {}

  public RedisServers(Map<String, Redis> settings) {
    settings.forEach((name, server) -> servers.put(name, new RedisStatistics(server)));
  }

  /** Names in the order of the worker's file. */
  public Set<String> names() {
    return servers.keySet();
  }

  /** What the server of that name tells now. */
  public synchronized Told ask(String name) {
    Kept known = kept.get(name);
    if (known != null && System.nanoTime() - known.nanos() < FRESH_NANOS) {
      return known.told();
    }
    @Nullable RedisStatistics server = servers.get(name);
    Told told =
        server == null ? untold("the worker's file has no redis of that name") : told(server);
    kept.put(name, new Kept(told, System.nanoTime()));
    return told;
  }

  private static Told told(RedisStatistics server) {
    try {
      Map<String, String> info = server.info();
      @Nullable String run = info.get("run_id");
      @Nullable String hits = info.get("keyspace_hits");
      @Nullable String misses = info.get("keyspace_misses");
      if (run == null || hits == null || misses == null) {
        return untold("its INFO does not tell keyspace_hits");
      }
      return new Told(
          Optional.of(new Lookups(run, Long.parseLong(hits), Long.parseLong(misses))), "");
    } catch (RefusedException e) {
      return untold("it refuses: " + e.getMessage());
    } catch (IOException e) {
      return untold("it cannot be reached: " + e.getClass().getSimpleName());
    } catch (NumberFormatException e) {
      return untold("its INFO gives no number for keyspace_hits");
    } catch (LockkeeperException e) {
      return untold(e.text());
    }
  }

  private static Told untold(String why) {
    return new Told(Optional.empty(), why);
  }
}
