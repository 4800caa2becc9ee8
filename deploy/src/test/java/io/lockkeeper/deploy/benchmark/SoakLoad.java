package io.lockkeeper.deploy.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.sampling.Spread;
import io.lockkeeper.activity.Queues;
import io.lockkeeper.activity.WorkOrder;
import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.soak.SoakOrder;
import io.lockkeeper.stage.StageKind;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.temporal.TemporalConnection;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Soaks as promotions start them, but for the promotion.
 *
 * @param lasts from the first start to the first deadline; each has its own, up to a fifth later,
 *     or more of many
 */
record SoakLoad(int soaks, int databases, Duration sample, Duration window, Duration lasts) {
  private static final List<String> LIMITS =
      List.of(
          "locks.waiting > 5 for 30s",
          "locks.longest_wait > 5s",
          "sessions.blocked > 3 for 60s",
          "sessions.idle_in_transaction > 20 for 60s",
          "transactions.oldest > 10m",
          "transactions.rollback_rate > 50% for 5m",
          "deadlocks > 100",
          "database.size > +1GB in 10m",
          "disk.free < 1MB");

  /** A change for each target, with a check that is made in each round. */
  List<String> push(ServerClient api) {
    List<String> hashes = new ArrayList<>();
    for (int target = 0; target < databases; target++) {
      byte[] bundle =
          Change.of(
              """
              change: soak-%d
              why: a soak
              risk: low
              through: [dev: { rehearse: false }]
              checks:
                catalog: { sql: "SELECT count(*) FROM pg_class", expect: value > 1, when: [soak] }
              """
                  .formatted(target),
              "sql/10_first.sql",
              "CREATE TABLE first (id int);",
              "sql/10_first.down.sql",
              "DROP TABLE first;");
      hashes.add(api.push(bundle).json().path("hash").asText());
    }
    assertThat(hashes).allMatch(hash -> hash.length() == 64);
    return hashes;
  }

  /**
   * Starts them all, evenly over some time; each ends at a moment of its own. Over one window,
   * their windows change as evenly as those of soaks that began at any time.
   */
  List<WorkflowStub> start(TemporalConnection temporal, List<String> changes, Duration over)
      throws Exception {
    ScheduledExecutorService starters = Executors.newScheduledThreadPool(8);
    try {
      Instant first = Instant.now();
      List<Future<WorkflowStub>> starting = new ArrayList<>();
      for (int soak = 0; soak < soaks; soak++) {
        int number = soak;
        starting.add(
            starters.schedule(
                () -> start(temporal, changes, number, first),
                over.toMillis() * number / soaks,
                TimeUnit.MILLISECONDS));
      }
      List<WorkflowStub> stubs = new ArrayList<>();
      for (Future<WorkflowStub> one : starting) {
        stubs.add(one.get());
      }
      return stubs;
    } finally {
      starters.shutdown();
    }
  }

  /** At most seventeen end in a second: Temporal on two cores ends no more, whoever soaks. */
  private Duration apart() {
    Duration many = Duration.ofMillis(60).multipliedBy(soaks);
    Duration fifth = lasts.dividedBy(5);
    return many.compareTo(fifth) > 0 ? many : fifth;
  }

  private WorkflowStub start(
      TemporalConnection temporal, List<String> changes, int number, Instant first) {
    int target = number % databases;
    String promotion = "soak-" + target + "-" + number;
    List<Trigger> triggers = new ArrayList<>();
    for (String limit : LIMITS) {
      Limit read = Limit.parse(limit);
      triggers.add(new Trigger(read, read.duration(), Duration.ZERO, Then.ROLLBACK, ""));
    }
    Instant now = Instant.now();
    Instant deadline = first.plus(lasts).plus(Spread.within(apart(), promotion));
    StagePlan.Soak plan =
        new StagePlan.Soak(
            "dev-soak",
            StageKind.SOAK,
            SoakStack.ENVIRONMENT,
            SoakStack.target(target),
            true,
            Duration.between(now, deadline),
            sample,
            sample.multipliedBy(6),
            Duration.ofMinutes(5),
            window,
            0.8,
            triggers);
    WorkOrder work =
        new WorkOrder(
            promotion,
            changes.get(target),
            SoakStack.ENVIRONMENT,
            SoakStack.target(target),
            plan.name());
    WorkflowStub stub =
        temporal
            .client()
            .newUntypedWorkflowStub(
                "Soak",
                WorkflowOptions.newBuilder()
                    .setTaskQueue(Queues.PROMOTIONS)
                    .setWorkflowId(promotion + "/" + plan.name())
                    .build());
    stub.start(SoakOrder.fresh(work, plan, now, now, deadline));
    return stub;
  }
}
