package io.lockkeeper.worker;

import io.lockkeeper.activities.EnvironmentActivitiesImpl;
import io.lockkeeper.activities.MeasuresWatch;
import io.lockkeeper.activities.sampling.Sampler;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activity.Queues;
import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.promotion.FollowUpWorkflowImpl;
import io.lockkeeper.promotion.PromotionWorkflowImpl;
import io.lockkeeper.promotion.SwapBackWorkflowImpl;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.soak.SoakWorkflowImpl;
import io.lockkeeper.survey.SurveyWorkflowImpl;
import io.lockkeeper.temporal.TemporalConnection;
import io.lockkeeper.worker.control.Announcer;
import io.lockkeeper.worker.control.ControlPlane;
import io.lockkeeper.worker.control.ControlPlane.MeasuresPutBack;
import io.lockkeeper.worker.control.ControlPlane.Refused;
import io.temporal.client.WorkflowClient;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Workers of one process: the engine, environments, or both. */
public final class WorkerProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

  /** Steps that a worker does at once for one environment; each holds a few connections. */
  private static final int STEPS_AT_ONCE = 20;

  /**
   * Workflows that are kept ready; each holds a thread. More of them than this sleep through most
   * of their time, and are read from their history when they wake.
   */
  private static final int READY = 100;

  private static final Duration STOP = Duration.ofSeconds(8);

  private final WorkerFactory factory;
  private final Sampler sampler;
  private final Announcer announcer;
  private final List<EnvironmentActivitiesImpl> activities;
  private final List<MeasuresWatch> measures = new ArrayList<>();

  private WorkerProcess(
      WorkerFactory factory,
      Sampler sampler,
      Announcer announcer,
      List<EnvironmentActivitiesImpl> activities) {
    this.factory = factory;
    this.sampler = sampler;
    this.announcer = announcer;
    this.activities = activities;
  }

  /**
   * Starts.
   *
   * @param engine whether workflows run here
   * @param environments whose activities run here; may be empty
   * @throws LockkeeperException where an environment trusts nobody
   */
  public static WorkerProcess start(
      TemporalConnection temporal,
      ControlPlane control,
      String name,
      boolean engine,
      List<EnvironmentSettings> environments) {
    environments.forEach(WorkerProcess::refuseWithoutKeys);
    WorkflowClient client = temporal.client();
    temporal.registerSearchAttributes();
    WorkerFactory factory =
        WorkerFactory.newInstance(
            client, WorkerFactoryOptions.newBuilder().setWorkflowCacheSize(READY).build());
    Sampler sampler = new Sampler(client.newActivityCompletionClient(), Clock.systemUTC());
    List<EnvironmentActivitiesImpl> activities =
        environments.stream().map(served -> activities(served, control, sampler)).toList();
    Announcer announcer = new Announcer(control, name, activities);
    WorkerProcess process = new WorkerProcess(factory, sampler, announcer, activities);
    if (engine) {
      Worker worker = factory.newWorker(Queues.PROMOTIONS);
      worker.registerWorkflowImplementationTypes(
          PromotionWorkflowImpl.class,
          SoakWorkflowImpl.class,
          SurveyWorkflowImpl.class,
          SwapBackWorkflowImpl.class,
          FollowUpWorkflowImpl.class);
    }
    activities.forEach(served -> process.serve(served, control));
    factory.start();
    if (!environments.isEmpty()) {
      announcer.start();
    }
    return process;
  }

  /** Lets what runs come to a clean end, and ends it where it takes too long. */
  @Override
  public void close() {
    announcer.close();
    measures.forEach(MeasuresWatch::close);
    sampler.close();
    factory.shutdown();
    factory.awaitTermination(STOP.toSeconds(), TimeUnit.SECONDS);
    factory.shutdownNow();
    activities.forEach(EnvironmentActivitiesImpl::close);
  }

  private static EnvironmentActivitiesImpl activities(
      EnvironmentSettings environment, ControlPlane control, Sampler sampler) {
    return new EnvironmentActivitiesImpl(
        environment,
        control,
        sampler,
        (order, why) -> tell(control, environment.name(), order, why));
  }

  private void serve(EnvironmentActivitiesImpl served, ControlPlane control) {
    EnvironmentSettings environment = served.environment();
    Worker worker =
        factory.newWorker(
            Queues.environment(environment.name()),
            WorkerOptions.newBuilder()
                .setMaxConcurrentActivityExecutionSize(STEPS_AT_ONCE)
                // A cancel travels with a heartbeat's answer: within two seconds, not eight.
                .setMaxHeartbeatThrottleInterval(Duration.ofSeconds(1))
                .build());
    worker.registerActivitiesImplementations(served);
    measures.add(
        served.watchMeasures(
            lapsed ->
                control.putBack(
                    new MeasuresPutBack(
                        lapsed.promotion(), environment.name(), lapsed.sentence()))));
  }

  private static void tell(ControlPlane control, String environment, StepOrder order, String why) {
    LOG.warn("refused {} in {}: {}", order.step().name(), environment, why);
    try {
      control.refused(new Refused(order.work().promotion(), Action.PROMOTE, environment, why));
    } catch (LockkeeperException e) {
      LOG.warn("the refusal is not journaled: {}", e.text());
    }
  }

  private static void refuseWithoutKeys(EnvironmentSettings environment) {
    if (environment.trustedKeys().isEmpty()) {
      throw new LockkeeperException(
          FailureCode.CONFIGURATION,
          "serving the environment " + environment.name(),
          "it has no trusted_keys",
          "no statement would count, so nothing could ever be let in",
          "Write what lockkeeper key show prints on the API's machine under trusted_keys");
    }
  }
}
