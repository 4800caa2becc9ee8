package io.lockkeeper.activities;

import io.lockkeeper.activities.figures.EnvironmentFigures;
import io.lockkeeper.activities.http.HttpRequests;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.sampling.Observed;
import io.lockkeeper.activities.sampling.Sampler;
import io.lockkeeper.activities.settings.Bundles;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activities.settings.TargetSettings;
import io.lockkeeper.activities.step.Place;
import io.lockkeeper.activities.step.Steps;
import io.lockkeeper.activities.step.Surveys;
import io.lockkeeper.activity.EnvironmentActivities;
import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.activity.SurveyActivities;
import io.lockkeeper.activity.SurveyOrder;
import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowProgress;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.blob.Blobs;
import io.lockkeeper.environment.Survey;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.Failures;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.step.StepResult;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The activities of one environment. Safe for many threads. */
public final class EnvironmentActivitiesImpl
    implements EnvironmentActivities, SurveyActivities, AutoCloseable {
  private final EnvironmentSettings environment;
  private final Blobs blobs;
  private final Bundles bundles;
  private final Sampler sampler;
  private final Refusals refusals;
  private final HttpRequests requests;
  private final EnvironmentFigures figures;
  private final Map<String, Target> targets = new ConcurrentHashMap<>();

  /** Told of work that was refused because nobody granted it. */
  public interface Refusals {
    void refused(StepOrder order, String why);
  }

  public EnvironmentActivitiesImpl(
      EnvironmentSettings environment, Blobs blobs, Sampler sampler, Refusals refusals) {
    this.environment = environment;
    this.blobs = blobs;
    this.bundles = new Bundles(blobs);
    this.sampler = sampler;
    this.refusals = refusals;
    this.requests = new HttpRequests(environment);
    this.figures = new EnvironmentFigures(environment);
  }

  @Override
  public StepResult precheck(StepOrder order) {
    return run(order, Steps::precheck);
  }

  @Override
  public StepResult hold(StepOrder order) {
    return run(order, Steps::hold);
  }

  @Override
  public StepResult baseline(StepOrder order) {
    return run(order, Steps::baseline);
  }

  @Override
  public StepResult measure(StepOrder order) {
    return run(order, Steps::measure);
  }

  @Override
  public StepResult keepMeasures(StepOrder order) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    try {
      return new MeasuresKeeper(context, target(order.work().target()), order).keep();
    } catch (LockkeeperException e) {
      throw Failures.of(e);
    }
  }

  /** What it serves, with the sessions that its activities use. */
  public List<Target> targets() {
    return environment.targets().stream().map(settings -> target(settings.name())).toList();
  }

  public EnvironmentSettings environment() {
    return environment;
  }

  /**
   * Puts back the measures of all targets that nobody renewed, now and from now on.
   *
   * @param told of each promotion whose measures were put back
   */
  public MeasuresWatch watchMeasures(MeasuresWatch.Told told) {
    return new MeasuresWatch(targets(), told);
  }

  @Override
  public StepResult backup(StepOrder order) {
    return run(order, Steps::backup);
  }

  @Override
  public StepResult applySection(StepOrder order) {
    return run(order, Steps::apply);
  }

  @Override
  public StepResult awaitClear(StepOrder order) {
    return run(order, Steps::awaitClear);
  }

  @Override
  public StepResult revertSection(StepOrder order) {
    return run(order, Steps::revert);
  }

  @Override
  public StepResult sql(StepOrder order) {
    return run(order, Steps::sql);
  }

  @Override
  public StepResult undo(StepOrder order) {
    return run(order, Steps::undo);
  }

  @Override
  public StepResult check(StepOrder order) {
    return run(order, Steps::check);
  }

  @Override
  public StepResult maintain(StepOrder order) {
    return run(order, Steps::maintain);
  }

  @Override
  public StepResult restore(StepOrder order) {
    return run(order, Steps::restore);
  }

  @Override
  public StepResult verify(StepOrder order) {
    return run(order, Steps::verify);
  }

  @Override
  public StepResult compare(StepOrder order) {
    return run(order, Steps::compare);
  }

  @Override
  public StepResult release(StepOrder order) {
    return run(order, Steps::release);
  }

  @Override
  public @Nullable WindowResult sampleWindow(WindowOrder order) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    Observed observed =
        new Observed(environment, target(order.work().target()), bundles, requests, blobs, figures);
    context.doNotCompleteOnReturn();
    sampler.start(
        context.getTaskToken(), observed, order, context.getHeartbeatDetails(WindowProgress.class));
    return null;
  }

  @Override
  public Survey survey(SurveyOrder order) {
    try {
      TargetSettings settings = environment.target(order.target());
      return Surveys.of(target(settings.name()), bundles.get(order.change()), environment.name());
    } catch (LockkeeperException e) {
      throw Failures.of(e);
    }
  }

  @Override
  public void close() {
    targets.values().forEach(Target::close);
  }

  private StepResult run(StepOrder order, BiFunction<Place, Running, StepResult> step) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    ActivityInfo info = context.getInfo();
    Running running = new Running();
    try {
      Target target = target(order.work().target());
      Place place =
          new Place(
              order,
              info.getScheduledTimestamp(),
              info.getAttempt(),
              environment,
              target,
              bundles,
              requests,
              figures,
              blobs,
              new LiveAdjustment(context.getWorkflowClient(), order, info.getAttempt() == 1));
      String name = order.work().promotion() + " " + order.step().name();
      return new Heart(context, running, order.step().name())
          .beat(name, () -> guarded(place, running, step));
    } catch (LockkeeperException e) {
      throw Failures.of(e);
    }
  }

  /** Who tries without a grant is told of, because the promotion he names may not exist. */
  private StepResult guarded(
      Place place, Running running, BiFunction<Place, Running, StepResult> step) {
    try {
      return step.apply(place, running);
    } catch (LockkeeperException e) {
      if (e.code() == FailureCode.GRANT_REFUSED) {
        refusals.refused(place.order(), e.text());
      }
      throw e;
    }
  }

  private Target target(String name) {
    return targets.computeIfAbsent(
        name, n -> new Target(environment.name(), environment.target(n)));
  }
}
