package io.lockkeeper.survey;

import io.lockkeeper.activity.Policies;
import io.lockkeeper.activity.SurveyActivities;
import io.lockkeeper.activity.SurveyOrder;
import io.lockkeeper.environment.Survey;
import io.temporal.workflow.Workflow;

/** See {@link SurveyWorkflow}. */
public class SurveyWorkflowImpl implements SurveyWorkflow {
  @Override
  public Survey run(SurveyOrder order) {
    return Workflow.newActivityStub(
            SurveyActivities.class,
            Policies.survey(order.environment(), "look at the target of " + order.environment()))
        .survey(order);
  }
}
