package io.lockkeeper.activities.step;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.step.GrantCheck.Granted;
import io.lockkeeper.activities.step.GrantCheck.RefusedException;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.json.Json;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;

/** Verifies the grant, writes it into the ledger, and holds the target. */
final class HoldTarget {
  private HoldTarget() {}

  static StepResult run(Place place, Running running) {
    TargetLedger ledger = new TargetLedger(place.target());
    String change = place.order().work().change();
    Granted granted = granted(place, ledger, change);
    ledger.hold(
        place.work(),
        running,
        place.environment().name(),
        change,
        granted.evidence(),
        granted.signedBy(),
        granted.nonces(),
        Json.text(place.order().statements()),
        granted.validUntil());
    return StepResult.of(
        Verdict.PASS,
        "granted by " + String.join(", ", granted.signedBy()),
        new Evidence.Grant(granted.signedBy(), granted.validUntil()));
  }

  private static Granted granted(Place place, TargetLedger ledger, String change) {
    try {
      return new GrantCheck(place.environment(), ledger.identity(), ledger.now())
          .check(place.promotion(), change, place.order().statements());
    } catch (SQLException e) {
      throw SqlFailures.of("reading the identity", place.target(), e);
    } catch (RefusedException e) {
      throw new LockkeeperException(
          FailureCode.GRANT_REFUSED,
          "letting " + place.promotion() + " into " + place.target().title(),
          e.text(),
          "nothing was done",
          "Start a promotion and have it signed off; nobody else can let work in here",
          e);
    }
  }
}
