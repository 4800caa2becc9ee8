package io.lockkeeper.survey;

import io.lockkeeper.activity.SurveyOrder;
import io.lockkeeper.environment.Survey;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Asks an environment's worker what its target looks like now. Nothing of it is kept: it exists
 * because Temporal is the only way to a worker.
 */
@WorkflowInterface
public interface SurveyWorkflow {

  @WorkflowMethod(name = "Survey")
  Survey run(SurveyOrder order);
}
