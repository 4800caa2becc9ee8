package io.lockkeeper.activities.postgres;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.step.Evidence.Units;
import io.lockkeeper.step.Hindrance;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.util.Optional;

/** A unit that cannot be done as it stands: a verdict, not a fault. */
final class UnitFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final FailureCode code;
  private final transient Optional<Hindrance> hindrance;

  UnitFailure(FailureCode code, String message) {
    this(code, message, Optional.empty());
  }

  /** The same, with more said. */
  UnitFailure(UnitFailure failure, String more) {
    this(failure.code, failure.getMessage() + more, failure.hindrance);
  }

  /**
   * @param hindrance what waiting may change
   */
  UnitFailure(FailureCode code, String message, Optional<Hindrance> hindrance) {
    super(message);
    this.code = code;
    this.hindrance = hindrance;
  }

  String text() {
    return code.text() + ": " + getMessage();
  }

  /** What the step ends with. */
  StepResult result(Units evidence) {
    StepResult failed = StepResult.of(Verdict.FAIL, text(), evidence);
    return hindrance.map(failed::hindered).orElse(failed);
  }
}
