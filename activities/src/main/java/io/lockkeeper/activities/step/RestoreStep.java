package io.lockkeeper.activities.step;

import io.lockkeeper.activities.backup.Restorer;
import io.lockkeeper.activities.backup.Restorer.Restored;
import io.lockkeeper.activities.backup.Restorer.SwappedBack;
import io.lockkeeper.activities.backup.Restorer.Wanted;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Succession;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.step.GrantCheck.RefusedException;
import io.lockkeeper.change.RestoreRule;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.Statement;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Verifies who asks for option B, and carries it out. */
final class RestoreStep {
  private RestoreStep() {}

  static StepResult run(Place place, Running running) {
    Step.Restore step = (Step.Restore) place.order().step();
    if (step.back()) {
      return swapBack(place, running);
    }
    Statement asked = asked(place, Action.ROLLBACK);
    long began = System.nanoTime();
    Restored restored =
        new Restorer(place.target(), running)
            .restore(place.work(), new Wanted(place.promotion(), asked.nonce(), step.change()));
    return StepResult.of(
        Verdict.PASS,
        sentence(place.target().database(), restored),
        new Evidence.Restored(
            restored.backup(),
            restored.how(),
            restored.takenAt(),
            restored.lost().toMillis() / 1000.0,
            restored.tables(),
            restored.rows(),
            restored.fingerprint(),
            restored.keptAs(),
            restored.drop(),
            restored.oldOid(),
            restored.newOid(),
            restored.earlier()
                ? Optional.empty()
                : Optional.of((System.nanoTime() - began) / 1e9)));
  }

  private static StepResult swapBack(Place place, Running running) {
    asked(place, Action.SWAP_BACK);
    SwappedBack done =
        new Restorer(place.target(), running).swapBack(place.work(), place.promotion());
    return StepResult.of(
        Verdict.PASS,
        place.target().database()
            + " is the database from before the restore again"
            + (done.earlier() ? " since an earlier attempt" : "")
            + "; what was written since "
            + done.since()
            + " is lost there. It is in "
            + done.keptAs()
            + ", which stays until somebody runs "
            + done.drop(),
        new Evidence.SwappedBack(
            done.since(), done.keptAs(), done.drop(), done.oldOid(), done.newOid()));
  }

  private static Statement asked(Place place, Action action) {
    try {
      List<String> roles = place.plan().restoreRule().orElse(RestoreRule.USUAL).roles();
      return new RestoreCheck(
              place.environment(),
              Succession.line(place.target()),
              new TargetLedger(place.target()).now())
          .check(
              action,
              place.promotion(),
              place.order().work().change(),
              roles,
              place.order().statements());
    } catch (SQLException e) {
      throw SqlFailures.of("reading the identity", place.target(), e);
    } catch (RefusedException e) {
      throw new LockkeeperException(
          FailureCode.GRANT_REFUSED,
          "restoring a backup for " + place.promotion() + " beside " + place.target().title(),
          e.text(),
          "nothing was done",
          "Have one of the roles of option B ask for it",
          e);
    }
  }

  private static String sentence(String live, Restored restored) {
    return String.format(
        Locale.ROOT,
        "%s was restored beside, compared (%d tables, %d rows%s) and is %s now%s; the writes of %s"
            + " since %s are lost there. They are in %s, which stays until somebody runs %s",
        restored.backup(),
        restored.tables(),
        restored.rows(),
        restored.fingerprint() ? ", the schema" : "",
        live,
        restored.earlier() ? " since an earlier attempt" : "",
        Durations.print(Duration.ofSeconds(restored.lost().toSeconds())),
        restored.takenAt(),
        restored.keptAs(),
        restored.drop());
  }
}
