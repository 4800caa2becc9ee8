package io.lockkeeper.plan;

import io.lockkeeper.change.FollowUp.Kind;
import io.lockkeeper.change.FollowUp.Outcome;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Written;
import io.lockkeeper.step.Written.At;
import java.time.Duration;
import java.util.Optional;

/**
 * What is left to do once a promotion is over.
 *
 * @param number place in the change's list, from 1
 * @param title for people; never SQL
 * @param after how long after the change was applied, or taken back
 * @param remind how long until it is tried or asked for again
 */
public record FollowUpPlan(
    int number,
    String name,
    Kind kind,
    String title,
    Duration after,
    Duration remind,
    String role,
    Outcome outcome) {

  /** What is done for it; nothing where a person is asked. */
  public Optional<Step> step() {
    Written written = new Written(At.FOLLOW_UP, number, title);
    return switch (kind) {
      case SQL -> Optional.of(new Step.Sql(written, Step.Sql.Way.KEPT));
      case CHECK -> Optional.of(new Step.Check(written));
      case PROBE -> Optional.of(new Step.Compare(Optional.of(written)));
      case ASK -> Optional.empty();
    };
  }
}
