package io.lockkeeper.api.changes;

import io.lockkeeper.activity.Queues;
import io.lockkeeper.activity.SurveyOrder;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.environment.Survey;
import io.lockkeeper.plan.ChangePlan;
import io.lockkeeper.plan.ChangePlan.Looked;
import io.lockkeeper.survey.SurveyWorkflow;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the workers of a change's environments what their targets look like now, all at once. */
final class TargetSurveys {
  private static final Duration PATIENCE = Duration.ofSeconds(12);

  private final WorkflowClient client;

  TargetSurveys(WorkflowClient client) {
    this.client = client;
  }

  /**
   * What was seen, or why nothing could be seen, by environment.
   *
   * @param present environments whose worker is there; the others are not asked
   */
  Map<String, Looked> look(Bundle bundle, Optional<String> environment, Set<String> present) {
    Map<String, CompletableFuture<Survey>> asked = new LinkedHashMap<>();
    Map<String, Looked> looked = new LinkedHashMap<>();
    for (EnvironmentPlan plan : bundle.change().through()) {
      if (environment.isEmpty() || environment.get().equals(plan.environment())) {
        if (present.contains(plan.environment())) {
          ask(bundle, plan, asked, looked);
        } else {
          looked.put(plan.environment(), Looked.unavailable(ChangePlan.AWAY));
        }
      }
    }
    asked.forEach((name, answer) -> looked.put(name, answer(answer)));
    return looked;
  }

  private void ask(
      Bundle bundle,
      EnvironmentPlan plan,
      Map<String, CompletableFuture<Survey>> asked,
      Map<String, Looked> looked) {
    SurveyOrder order = new SurveyOrder(bundle.hash(), plan.environment(), plan.target());
    String id = "survey-" + plan.environment() + "-" + UUID.randomUUID();
    SurveyWorkflow survey =
        client.newWorkflowStub(
            SurveyWorkflow.class,
            WorkflowOptions.newBuilder()
                .setTaskQueue(Queues.PROMOTIONS)
                .setWorkflowId(id)
                .setWorkflowExecutionTimeout(PATIENCE)
                .setStaticSummary("what the target of " + plan.environment() + " looks like now")
                .build());
    try {
      WorkflowClient.start(survey::run, order);
      asked.put(plan.environment(), WorkflowStub.fromTyped(survey).getResultAsync(Survey.class));
    } catch (WorkflowServiceException e) {
      looked.put(plan.environment(), Looked.unavailable("Temporal does not answer"));
    }
  }

  private static Looked answer(CompletableFuture<Survey> answer) {
    try {
      return Looked.at(answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      return Looked.unavailable(why(e));
    } catch (TimeoutException e) {
      return Looked.unavailable("its worker did not answer within " + PATIENCE.toSeconds() + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Looked.unavailable("the API stops");
    }
  }

  private static String why(ExecutionException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof ApplicationFailure failure) {
      return failure.getOriginalMessage();
    }
    return e.getCause() instanceof WorkflowException
        ? "its worker did not answer within " + PATIENCE.toSeconds() + " s"
        : "Temporal does not answer";
  }
}
