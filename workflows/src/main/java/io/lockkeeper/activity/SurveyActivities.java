package io.lockkeeper.activity;

import io.lockkeeper.environment.Survey;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** What an environment's worker tells those who plan. On the queue {@code env-<environment>}. */
@ActivityInterface
public interface SurveyActivities {

  /** Reads only, on short connections. A second call looks again. */
  @ActivityMethod(name = "Survey")
  Survey survey(SurveyOrder order);
}
