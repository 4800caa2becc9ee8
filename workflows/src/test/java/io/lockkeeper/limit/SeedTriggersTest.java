package io.lockkeeper.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.limit.Reading.Figure;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.limit.TriggerState.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The triggers of the checklists, as a change writes them: what does not reach them, what does. */
class SeedTriggersTest {
  private static final Instant START = Instant.parse("2026-11-20T08:00:00Z");
  private static final Duration SAMPLE = Duration.ofSeconds(10);

  private static final Baselines BASELINES =
      new Baselines(
          Map.of(
              "http.dashboard.error_rate", 0.02,
              "transactions.rollback_rate", 0.01,
              "host.cpu", 0.4,
              "host.io", 0.1,
              "probe.orders.p95", 0.1),
          Map.of("probe.orders.p95", 0.001));

  @ParameterizedTest
  @Tag("C48")
  @Tag("C49")
  @Tag("C50")
  @Tag("C51")
  @Tag("C52")
  @CsvSource(
      delimiter = '|',
      value = {
        "locks.longest_wait > 1000ms for 60s                        | locks.longest_wait           | 1.0  | 1.001 | 60",
        "sessions.blocked > 5 for 30s                               | sessions.blocked             | 5    | 6     | 30",
        "probe.degradation > 10%                                    | probe.degradation            | 0.1  | 0.11  | 60",
        "http.*.error_rate > baseline + 5 points for 60s            | http.dashboard.error_rate    | 0.07 | 0.071 | 60",
        "probe.rls_overhead.p50 > 5ms for 60s                       | probe.rls_overhead.p50       | 0.005| 0.0051| 60",
        "probe.degradation > 20%                                    | probe.degradation            | 0.2  | 0.21  | 60",
        "probe.*.p95 > baseline + 20% for 60s                       | probe.orders.p95             | 0.12 | 0.121 | 60",
        "locks.waiting > 0 for 60s                                  | locks.waiting                | 0    | 1     | 60",
        "deadlocks > 0                                              | deadlocks                    | 0    | 1     | 0",
        "host.cpu >= 80%                                            | host.cpu                     | 0.79 | 0.8   | 60",
        "host.cpu > baseline + 20%                                  | host.cpu                     | 0.48 | 0.49  | 60",
        "host.io > baseline + 20%                                   | host.io                      | 0.12 | 0.13  | 60",
        "host.memory > 90% for 60s                                  | host.memory                  | 0.9  | 0.91  | 60",
        "index.bloat >= 20%                                         | index.bloat                  | 0.19 | 0.2   | 60",
        "index.usage <= 90%                                         | index.usage                  | 0.91 | 0.9   | 60",
        "redis.hit_ratio <= 70%                                     | redis.hit_ratio              | 0.71 | 0.7   | 60",
        "http.*.p95 > 500 ms for 300s                               | http.dashboard.p95           | 0.5  | 0.501 | 300",
        "http.*.error_rate > 1% for 300s                            | http.dashboard.error_rate    | 0.01 | 0.011 | 300",
        "transactions.rollback_rate > baseline * 2 for 60s          | transactions.rollback_rate   | 0.02 | 0.021 | 60",
        "log.app_errors.matches > 0 for 60s                         | log.app_errors.matches       | 0    | 1     | 60",
        "probe.*.p95 > 5 s for 60s                                  | probe.orders.p95             | 5    | 5.1   | 60",
      })
  void limit_isReachedAfterItsTimeAndNotBefore(
      String limit, String metric, double below, double above, int seconds) {
    assertThat(after(limit, metric, below, 600)).isEmpty();
    assertThat(after(limit, metric, above, 600)).contains(seconds);
    assertThat(after(limit, metric, above, seconds - 10)).isEmpty();
  }

  /** Seconds after the first crossing at which it is a breach, if it lasts so long. */
  private static Optional<Integer> after(String written, String metric, double value, int lasts) {
    Limit limit = Limit.parse(written);
    Trigger trigger = new Trigger(limit, limit.duration(), Duration.ZERO, Then.ROLLBACK, "");
    TriggerFold fold = new TriggerFold(List.of(trigger), BASELINES, START);
    List<TriggerState> states = List.of();
    for (int at = 0; at <= lasts; at += (int) SAMPLE.toSeconds()) {
      states = fold.next(states, START.plusSeconds(at), Map.of(metric, new Figure(value)));
      if (states.get(0).phase() == Phase.BREACH) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }
}
