package io.lockkeeper.worker.control;

import io.lockkeeper.activities.EnvironmentActivitiesImpl;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.environment.EnvironmentFacts;
import io.lockkeeper.environment.EnvironmentFacts.TargetFacts;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.worker.control.ControlPlane.Announcement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the control plane every few seconds which environments this worker serves. */
public final class Announcer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
  private static final long SECONDS = 5;

  private final ControlPlane control;
  private final String worker;
  private final List<EnvironmentActivitiesImpl> served;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "announcer");
            thread.setDaemon(true);
            return thread;
          });
  private volatile boolean heard = true;

  public Announcer(ControlPlane control, String worker, List<EnvironmentActivitiesImpl> served) {
    this.control = control;
    this.worker = worker;
    this.served = List.copyOf(served);
  }

  /** Announces now, and from now on by itself. */
  public void start() {
    var ignored = timer.scheduleWithFixedDelay(this::announce, 0, SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  private void announce() {
    try {
      control.announce(new Announcement(worker, served.stream().map(Announcer::facts).toList()));
      heard = true;
    } catch (RuntimeException e) {
      // Once, until it is heard again: the worker goes on without the control plane.
      if (heard) {
        LOG.warn("not announced: {}", e.getMessage());
      }
      heard = false;
    }
  }

  private static EnvironmentFacts facts(EnvironmentActivitiesImpl served) {
    EnvironmentSettings environment = served.environment();
    return new EnvironmentFacts(
        environment.name(),
        environment.production(),
        environment.sandbox(),
        served.targets().stream().map(Announcer::facts).toList());
  }

  private static TargetFacts facts(Target target) {
    try {
      TargetLedger.Reached reached = new TargetLedger(target).reached();
      return new TargetFacts(
          target.settings().name(),
          "postgresql",
          Optional.of(reached.identity()),
          Optional.of(Quantity.print(reached.number(), Dimension.VERSION)),
          Optional.empty());
    } catch (SQLException e) {
      return unreachable(target, SqlFailures.text(e));
    } catch (LockkeeperException e) {
      return unreachable(target, e.text());
    }
  }

  private static TargetFacts unreachable(Target target, String why) {
    return new TargetFacts(
        target.settings().name(),
        "postgresql",
        Optional.empty(),
        Optional.empty(),
        Optional.of(why));
  }
}
