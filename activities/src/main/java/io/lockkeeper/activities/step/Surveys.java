package io.lockkeeper.activities.step;

import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Surveyor;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.environment.Survey;
import java.sql.SQLException;
import java.util.NoSuchElementException;

/** Looks at a target for one change. */
public final class Surveys {
  private Surveys() {}

  public static Survey of(Target target, Bundle bundle, String environment) {
    EnvironmentPlan plan =
        bundle
            .change()
            .environment(environment)
            .orElseThrow(() -> new NoSuchElementException("the change does not go there"));
    try {
      return new Surveyor(target, Survey.LONG)
          .look(PlannedObjects.tables(bundle, plan), PlannedObjects.indexes(bundle, plan));
    } catch (SQLException e) {
      throw SqlFailures.of("looking at it for a plan", target, e);
    }
  }
}
