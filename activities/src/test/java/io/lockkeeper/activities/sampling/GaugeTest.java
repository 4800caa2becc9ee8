package io.lockkeeper.activities.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.postgres.DiskFree;
import io.lockkeeper.activities.probe.ServerFigures;
import io.lockkeeper.limit.Reading;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class GaugeTest {
  private static final Duration HOUR = Duration.ofHours(1);

  /** Threads that were asked for. */
  private final Queue<Runnable> threads = new ArrayDeque<>();

  private final List<String> seen = new ArrayList<>();
  private int looks;
  private Instant now = Instant.parse("2026-11-20T08:00:00Z");

  /** Before the second look a hundred transactions were rolled back. */
  private static ServerFigures figures(int size) {
    return new ServerFigures(
        "2026-11-20T08:00:00.000000Z",
        true,
        new ServerFigures.Sessions(0, 0, 0, 0, 0, 0, Optional.of(0.0)),
        new ServerFigures.Counters("-", 0, 100, size > 1 ? 100 : 0, 0, 0),
        new ServerFigures.Standbys(0, 0, Optional.empty(), Optional.empty()),
        size,
        new DiskFree(Optional.of(1L), ""));
  }

  private void ask(Gauge gauge, String who, Duration sample) {
    gauge.ask(
        sample,
        look ->
            seen.add(
                who + " " + look.figures().map(f -> "look " + (int) f.size()).orElse(look.why())));
  }

  private Gauge gauge() {
    return new Gauge(() -> figures(++looks), threads::add, () -> now);
  }

  @Test
  void windowsThatAreDueTogether_shareOneLookOnOneThread() {
    Gauge gauge = gauge();
    for (int window = 1; window <= 10; window++) {
      ask(gauge, "w" + window, HOUR);
    }

    assertThat(threads).hasSize(1);
    threads.remove().run();

    assertThat(looks).isEqualTo(1);
    assertThat(seen).hasSize(10).allMatch(told -> told.endsWith(" look 1"));
  }

  @Test
  void windowThatAsksWhileALookIsUnderWay_sharesIt() {
    List<Gauge> self = new ArrayList<>();
    Gauge gauge =
        new Gauge(
            () -> {
              ask(self.get(0), "later", HOUR);
              return figures(++looks);
            },
            threads::add,
            () -> now);
    self.add(gauge);

    ask(gauge, "first", HOUR);
    threads.remove().run();

    assertThat(seen).containsExactly("first look 1", "later look 1");
    assertThat(threads).isEmpty();
  }

  @Test
  void youngLook_isSharedForAFifthOfTheTimeBetweenSamplesAndNoLonger() {
    Gauge gauge = gauge();
    ask(gauge, "first", HOUR);
    threads.remove().run();

    ask(gauge, "soon after", HOUR);
    threads.remove().run();
    ask(gauge, "in a hurry", Duration.ZERO);
    threads.remove().run();

    assertThat(seen).containsExactly("first look 1", "soon after look 1", "in a hurry look 2");
  }

  @Test
  void lookThatFails_isToldToAllAndNeverAFigure() {
    Gauge gauge =
        new Gauge(
            () -> {
              throw new SQLException("gone", "08006");
            },
            threads::add,
            () -> now);
    ask(gauge, "a", HOUR);
    ask(gauge, "b", HOUR);

    threads.remove().run();

    assertThat(seen).containsExactly("a gone (SQLState 08006)", "b gone (SQLState 08006)");
  }

  @Test
  void looks_countOnFromOneAnother_forWhoeverAsks() {
    Instant start = now;
    Gauge gauge = gauge();
    ask(gauge, "first", HOUR);
    threads.remove().run();
    now = start.plus(HOUR);

    List<Map<String, Reading>> recent = new ArrayList<>();
    gauge.ask(Duration.ZERO, look -> recent.add(look.recent().readings(start)));
    gauge.ask(Duration.ZERO, look -> recent.add(look.recent().readings(start.plusSeconds(1))));
    threads.remove().run();

    assertThat(recent)
        .containsExactly(Map.of("transactions.rollback_rate", new Reading.Figure(1)), Map.of());
  }

  @Test
  void windowThatFails_costsTheOthersNothing() {
    Gauge gauge = gauge();
    gauge.ask(
        HOUR,
        look -> {
          throw new IllegalStateException("planted");
        });
    ask(gauge, "b", HOUR);

    threads.remove().run();

    assertThat(seen).containsExactly("b look 1");
  }
}
