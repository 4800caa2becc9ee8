package io.lockkeeper.soak;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.RecordingEnvironment;
import io.lockkeeper.fixture.SimulatedTarget;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Status;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.promotion.PromotionResult;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.Statement.Observing;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What can become of a day's soak and a week's watch, each as a whole flight: from its start to its
 * end, with everything that people do on the way.
 */
enum Outcome {
  CLEAN,
  /** On the third day of the watch: a figure beyond its limit, for less than its time. */
  SHORT_SPIKE {
    @Override
    void onTarget(SimulatedTarget target) {
      target
          .shows(WEEK, DAY.multipliedBy(3), Duration.ofSeconds(20), "locks.waiting", 40)
          .shows(WEEK, DAY.multipliedBy(3), Duration.ofSeconds(50), P95, 0.100);
    }
  },
  /** On the sixth day, 50 % slower for good. */
  SUSTAINED_BREACH {
    @Override
    void onTarget(SimulatedTarget target) {
      target.shows(WEEK, DAY.multipliedBy(6), DAY, P95, 0.015);
    }
  },
  /** A quarter of the soak cannot be read; a person accepts that. */
  MISSING_DATA {
    @Override
    void onTarget(SimulatedTarget target) {
      target.isAway(SOAK, Duration.ofHours(12), Duration.ofHours(6));
    }

    @Override
    void people(SkippedClock clock) {
      acceptsTheSoak(clock);
    }
  },
  /**
   * The server forgets what it has counted, on the second day; the sampler goes on from what it
   * had, and tells people.
   */
  STATISTICS_RESET {
    @Override
    void onTarget(SimulatedTarget target) {
      Duration reset = DAY.plusHours(12);
      target
          .shows(WEEK, DAY, Duration.ofHours(2), COUNTED, 2)
          .shows(WEEK, DAY.plusHours(2), DAY.plusHours(10), COUNTED, 4)
          .shows(WEEK, reset.plus(DAY), DAY.multipliedBy(6), COUNTED, 5)
          .tells(WEEK, reset, RESET);
    }
  },
  /** The server is away for two minutes, and what it counted is gone. */
  SERVER_RESTART {
    @Override
    void onTarget(SimulatedTarget target) {
      Duration restart = DAY.multipliedBy(4);
      target
          .shows(WEEK, DAY, DAY.multipliedBy(6), COUNTED, 3)
          .isAway(WEEK, restart, Duration.ofMinutes(2))
          .tells(WEEK, restart, RESTART);
    }
  },
  /** A person lets the soak last six hours longer. */
  EXTENSION {
    @Override
    void people(SkippedClock clock) {
      clock.until(state -> state.status() == Status.SOAKING, Duration.ofMinutes(1));
      clock.sleep(Duration.ofHours(20));
      clock.act(Action.EXTEND, "dora");
    }
  },
  /** What was well within the limits is not any more, once a person has tightened them. */
  TIGHTENING {
    @Override
    void onTarget(SimulatedTarget target) {
      target.shows(WEEK, Duration.ZERO, DAY.multipliedBy(7), "locks.waiting", 4);
    }

    @Override
    void whileWatched(SkippedClock clock) {
      clock.sleep(DAY.multipliedBy(2));
      clock.observe(tighter("locks.waiting > 3 for 30s"), "dora");
    }
  },
  /** Nobody samples for ten minutes of the soak, then another worker goes on. */
  WORKER_LOST {
    @Override
    void windows(SkippedClock clock, SimulatedTarget target) {
      clock
          .environment()
          .answerWindows(
              order -> {
                boolean lost =
                    order.plan().name().equals(SOAK)
                        && !order.from().isBefore(order.start().plus(Duration.ofHours(10)))
                        && order.from().isBefore(order.start().plus(Duration.ofMinutes(615)));
                if (lost && Activity.getExecutionContext().getInfo().getAttempt() == 1) {
                  throw ApplicationFailure.newFailureWithCauseAndDelay(
                      "the worker is lost",
                      FailureCode.TARGET_UNREACHABLE.text(),
                      null,
                      Duration.ofMinutes(10));
                }
                return target.window(order, clock.now());
              });
    }
  },
  /** From the 22nd hour of the soak on nobody samples any more. */
  WORKER_LOST_AT_THE_END {
    @Override
    void windows(SkippedClock clock, SimulatedTarget target) {
      clock
          .environment()
          .answerWindows(
              order -> {
                if (order.plan().name().equals(SOAK)
                    && !order.from().isBefore(order.start().plus(Duration.ofHours(22)))
                    && order.start().plus(DAY).isAfter(clock.now())) {
                  throw RecordingEnvironment.away();
                }
                return target.window(order, clock.now());
              });
    }

    @Override
    void people(SkippedClock clock) {
      acceptsTheSoak(clock);
    }
  },
  /** From the 17th hour of the soak to the 30th neither the server nor a worker is there. */
  BOTH_DEAD_AT_THE_DEADLINE {
    @Override
    void people(SkippedClock clock) {
      clock.until(state -> state.status() == Status.SOAKING, Duration.ofMinutes(1));
      clock.sleep(Duration.ofHours(17));
      clock.nobodyIsThere(Duration.ofHours(13));
      acceptsTheSoak(clock);
    }
  };

  static final String SOAK = "staging-soak";
  static final String WEEK = "production-watch-7d";
  static final String COUNTED = "deadlocks";
  static final String RESET = "its statistics were reset";
  static final String RESTART = "the server was restarted";
  static final String P95 = "probe.by_sector.p95";
  static final Duration DAY = Duration.ofDays(1);

  static final String CHANGE =
      """
      change: nine-indexes
      why: Two indexes for the screener
      probes:
        by_sector: SELECT * FROM stocks WHERE sector = 'Technology'
      through:
        - staging: { backup: verified, soak: 24h }
        - production: { sign_off: [dba], backup: verified, watch: [2h, 24h, 7d] }
      rollback_if:
        - probe.by_sector.p95 > baseline + 20% for 60s
        - locks.waiting > 5 for 30s
        - deadlocks > +3 in 10m
      """;

  static SkippedClock clock() {
    return SkippedClock.of(Bundles.of(CHANGE));
  }

  static Observing tighter(String limit) {
    return new Observing(List.of(Limit.parse(limit)), Optional.empty(), false);
  }

  /** Flies all of it. */
  PromotionResult fly(SkippedClock clock) {
    SimulatedTarget target = new SimulatedTarget();
    onTarget(target);
    windows(clock, target);
    clock.start();
    people(clock);
    clock.until(state -> state.status() == Status.AWAITING_SIGN_OFF, Duration.ofHours(1));
    clock.signOff("dba", "boris");
    clock.until(
        state -> state.stage(WEEK).flatMap(stage -> stage.startedAt()).isPresent(),
        Duration.ofHours(1));
    whileWatched(clock);
    return clock.result();
  }

  void onTarget(SimulatedTarget target) {}

  void windows(SkippedClock clock, SimulatedTarget target) {
    clock.environment().answerWindows(order -> target.window(order, clock.now()));
  }

  void people(SkippedClock clock) {}

  void whileWatched(SkippedClock clock) {}

  private static void acceptsTheSoak(SkippedClock clock) {
    clock.until(state -> state.status() == Status.PAUSED, Duration.ofHours(1));
    clock.act(Action.ACKNOWLEDGE, "dora");
  }
}
