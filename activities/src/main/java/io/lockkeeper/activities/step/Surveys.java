package io.lockkeeper.activities.step;

import io.lockkeeper.activities.backup.Backups;
import io.lockkeeper.activities.postgres.LookAround;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Surveyor;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.environment.Survey;
import java.sql.SQLException;
import java.util.NoSuchElementException;
import java.util.Optional;

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
      Survey seen =
          new Surveyor(target, Survey.LONG)
              .look(PlannedObjects.tables(bundle, plan), PlannedObjects.indexes(bundle, plan))
              .with(
                  LookAround.of(
                      target, PlannedObjects.tables(bundle, plan), Reaches.of(bundle, plan)));
      return plan.restoreRule().isPresent()
          ? backup(target, environment).map(seen::with).orElse(seen)
          : seen;
    } catch (SQLException e) {
      throw SqlFailures.of("looking at it for a plan", target, e);
    }
  }

  /** The newest verified one; nothing where none is to be had, which the precheck explains. */
  private static Optional<Survey.Backup> backup(Target target, String environment) {
    if (target.settings().backup().isEmpty()) {
      return Optional.empty();
    }
    Backups backups = new Backups(target, environment, new Running());
    return backups
        .newestVerified()
        .map(
            newest ->
                new Survey.Backup(
                    newest.id(),
                    newest.takenAt(),
                    newest.evidence(backups.age(newest)).restoreSeconds()));
  }
}
