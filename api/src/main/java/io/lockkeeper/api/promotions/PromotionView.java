package io.lockkeeper.api.promotions;

import io.lockkeeper.activity.Progress;
import io.lockkeeper.change.Change.Next;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Status;
import io.lockkeeper.promotion.AllowedAction;
import io.lockkeeper.promotion.MeasureState;
import io.lockkeeper.promotion.Pending;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.promotion.Signed;
import io.lockkeeper.promotion.StageState;
import io.lockkeeper.step.Attachment;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A promotion as the API shows it.
 *
 * @param allowedActions the one rule for every button
 * @param progress what its activity does right now; absent while nothing runs or nobody knows
 * @param wayBack how it could be taken back now
 * @param carries environments in which something is applied
 * @param left what a rollback that is stuck has not taken back
 * @param measures on targets that are in force now, each with when it is put back by itself
 * @param openFollowUps what people still have to do about it after its end
 * @param next changes that this one unlocked; empty unless it is COMPLETE
 */
record PromotionView(
    String id,
    ChangeRef change,
    Status status,
    Optional<Cause> cause,
    String sentence,
    String stage,
    String requestedBy,
    String reason,
    boolean shortened,
    Instant startedAt,
    Optional<Instant> endedAt,
    List<StageState> stages,
    List<Pending> pending,
    List<Signed> signed,
    List<AllowedAction> allowedActions,
    Optional<String> evidenceHash,
    Optional<Progress> progress,
    List<WayBack> wayBack,
    List<String> carries,
    List<String> left,
    List<Attachment> attachments,
    List<MeasureState> measures,
    List<String> openFollowUps,
    List<Next> next) {

  private static final String ROOT_CAUSE =
      "write what caused the rollback (acknowledge, with the cause as its reason); until then the"
          + " same change is not started again";

  /** Which change. */
  record ChangeRef(String name, String hash) {}

  /**
   * A way back.
   *
   * @param option {@code A}: the sections really applied, in reverse
   * @param seconds measured in the rehearsal; absent where there was none
   */
  record WayBack(String option, String environment, Optional<Double> seconds, boolean losesData) {}

  /**
   * @param live what Temporal tells of its activities
   */
  static PromotionView of(PromotionStore.Row row, Live live) {
    PromotionState state = row.state();
    return new PromotionView(
        row.id(),
        new ChangeRef(state.changeName(), state.changeHash()),
        state.status(),
        state.cause(),
        state.sentence(),
        state.stage(),
        state.requestedBy(),
        state.reason(),
        state.shortened(),
        state.startedAt(),
        state.endedAt(),
        state.stages(),
        state.pending(),
        state.signed(),
        AllowedAction.of(state),
        state.evidenceHash(),
        live.progress(),
        state.begun().stream()
            .map(environment -> new WayBack("A", environment, state.revertSeconds(), false))
            .toList(),
        state.begun(),
        state.left(),
        state.attachments(),
        state.measures().stream()
            .map(measure -> live.lease().map(measure::until).orElse(measure))
            .toList(),
        state.rootCauseOpen() ? List.of(ROOT_CAUSE) : List.of(),
        state.status() == Status.COMPLETE ? row.input().requested().next() : List.of());
  }
}
