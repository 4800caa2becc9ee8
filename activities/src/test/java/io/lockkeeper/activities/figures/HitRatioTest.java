package io.lockkeeper.activities.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockkeeper.activities.fixture.RedisServer;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activities.settings.SecretRef;
import io.lockkeeper.activities.settings.Sources;
import io.lockkeeper.activities.settings.Sources.Redis;
import io.lockkeeper.limit.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real Redis. */
class HitRatioTest {
  private static final String PASSWORD = "not-to-be-told";
  private static final Instant START = Instant.parse("2026-11-20T08:00:00Z");

  @TempDir private Path directory = Path.of("");
  @AutoClose private RedisServer server;
  private final Map<String, String> marks = new HashMap<>();
  private Optional<SecretRef> password = Optional.empty();

  @BeforeEach
  void start() throws IOException {
    server = RedisServer.start(directory, PASSWORD);
    Path secret = Files.writeString(directory.resolve("secret"), PASSWORD);
    password = Optional.of(SecretRef.parse("file:" + secret));
  }

  private void lookups(int hits, int misses) {
    lookups(server, hits, misses);
  }

  private static void lookups(RedisServer server, int hits, int misses) {
    List<String> commands = new ArrayList<>(List.of("AUTH " + PASSWORD, "SET there 1"));
    for (int i = 0; i < hits; i++) {
      commands.add("GET there");
    }
    for (int i = 0; i < misses; i++) {
      commands.add("GET nowhere");
    }
    server.send(commands);
  }

  /** What one who asks for the first time is told: answers are kept a while. */
  private Map<String, Reading> round(Map<String, Redis> servers, List<String> wanted) {
    return figures(servers).round(marks, START, START, wanted);
  }

  private static EnvironmentFigures figures(Map<String, Redis> servers) {
    return new EnvironmentFigures(
        new EnvironmentSettings(
                "dev", false, true, List.of(), Map.of(), Set.of(), Map.of(), Set.of())
            .with(new Sources(Optional.empty(), Optional.empty(), Optional.empty(), servers)));
  }

  private Redis redis(int port) {
    return Redis.of("redis://127.0.0.1:" + port, password);
  }

  private Reading ratio() {
    return round(Map.of("cache", redis(server.port())), List.of()).get("redis.hit_ratio");
  }

  private static double figure(Reading reading) {
    return ((Reading.Figure) reading).value();
  }

  @Test
  @Tag("D39")
  void hitRatio_isOfTheLookupsSinceTheStageBegan() {
    lookups(0, 3000);
    assertThat(ratio())
        .isEqualTo(
            new Reading.Missing(
                "redis cache was asked for 0 keys since the stage began, and fewer than 1000 tell"
                    + " nothing"));

    lookups(900, 99);
    assertThat(ratio()).isInstanceOf(Reading.Missing.class);

    lookups(0, 1);
    assertThat(figure(ratio())).isCloseTo(0.9, within(1e-9));
  }

  @Test
  void restart_beginsFromZero() {
    ratio();
    lookups(5000, 0);
    assertThat(figure(ratio())).isEqualTo(1);

    server.restart();
    assertThat(ratio()).isInstanceOf(Reading.Missing.class);

    lookups(500, 500);
    assertThat(figure(ratio())).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void statisticsThatSomebodyReset_beginFromZero() {
    lookups(5000, 0);
    ratio();

    server.send(List.of("AUTH " + PASSWORD, "CONFIG RESETSTAT"));
    lookups(600, 400);

    assertThat(figure(ratio())).isCloseTo(0.6, within(1e-9));
  }

  @Test
  void baseline_isOfTheLookupsSinceTheServerBeganToCount() {
    Map<String, Redis> servers = Map.of("cache", redis(server.port()));
    assertThat(figures(servers).baseline().get("redis.cache.hit_ratio"))
        .isEqualTo(
            new Reading.Missing(
                "redis cache was asked for 0 keys since it began to count, and fewer than 1000 tell"
                    + " nothing"));

    lookups(900, 100);

    assertThat(figure(figures(servers).baseline().get("redis.hit_ratio")))
        .isCloseTo(0.9, within(1e-9));
  }

  @Test
  void leastOfSeveral_isTheWholes_andOneThatIsHardlyAskedLeavesItMissing() {
    try (RedisServer second = RedisServer.start(directory, PASSWORD)) {
      Map<String, Redis> both =
          Map.of("cache", redis(server.port()), "sessions", redis(second.port()));
      round(both, List.of());
      lookups(server, 900, 100);

      Map<String, Reading> one = round(both, List.of());
      lookups(second, 800, 200);
      Map<String, Reading> two = round(both, List.of());

      assertThat(figure(one.get("redis.cache.hit_ratio"))).isCloseTo(0.9, within(1e-9));
      assertThat(one.get("redis.hit_ratio"))
          .isEqualTo(one.get("redis.sessions.hit_ratio"))
          .isInstanceOf(Reading.Missing.class);
      assertThat(figure(two.get("redis.cache.hit_ratio"))).isCloseTo(0.9, within(1e-9));
      assertThat(figure(two.get("redis.hit_ratio"))).isCloseTo(0.8, within(1e-9));
    }
  }

  @Test
  void oneOfSeveralThatIsAway_leavesTheWholeMissing() {
    Map<String, Redis> both = Map.of("cache", redis(server.port()), "away", redis(1));
    round(both, List.of());
    lookups(900, 100);

    Map<String, Reading> read = round(both, List.of());

    Reading away = new Reading.Missing("redis away: it cannot be reached: ConnectException");
    assertThat(figure(read.get("redis.cache.hit_ratio"))).isCloseTo(0.9, within(1e-9));
    assertThat(read)
        .containsEntry("redis.away.hit_ratio", away)
        .containsEntry("redis.hit_ratio", away);
  }

  @Test
  void wrongPassword_isMissing_andNotTold() throws IOException {
    Path other = Files.writeString(directory.resolve("other"), "another-secret");
    password = Optional.of(SecretRef.parse("file:" + other));

    assertThat(ratio())
        .isEqualTo(
            new Reading.Missing(
                "redis cache: it refuses: WRONGPASS invalid username-password pair or user is"
                    + " disabled."));

    password = Optional.empty();
    assertThat(((Reading.Missing) ratio()).why())
        .isEqualTo("redis cache: it refuses: NOAUTH Authentication required.");
  }

  @Test
  void limitOnARedisThatNobodyNames_isMissing() {
    Map<String, Reading> read = round(Map.of(), List.of("redis.hit_ratio", "redis.*.hit_ratio"));

    Reading missing = new Reading.Missing("the worker's file names no redis");
    assertThat(read)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("redis.hit_ratio", missing, "redis.*.hit_ratio", missing));
    assertThat(
            round(Map.of("cache", redis(1)), List.of("redis.chache.hit_ratio"))
                .get("redis.chache.hit_ratio"))
        .isEqualTo(
            new Reading.Missing("the worker's file has no redis of that name, it has [cache]"));
  }
}
