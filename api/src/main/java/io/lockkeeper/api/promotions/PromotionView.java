package io.lockkeeper.api.promotions;

import io.lockkeeper.activity.Progress;
import io.lockkeeper.change.Change.Next;
import io.lockkeeper.change.FollowUp.Kind;
import io.lockkeeper.change.RestoreRule;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Status;
import io.lockkeeper.promotion.AllowedAction;
import io.lockkeeper.promotion.BackupState;
import io.lockkeeper.promotion.FollowUpState;
import io.lockkeeper.promotion.FollowUpState.Standing;
import io.lockkeeper.promotion.ForecastRow;
import io.lockkeeper.promotion.Known;
import io.lockkeeper.promotion.MeasureState;
import io.lockkeeper.promotion.Pending;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.promotion.QuickRules;
import io.lockkeeper.promotion.RestoreRules;
import io.lockkeeper.promotion.Signed;
import io.lockkeeper.promotion.StageState;
import io.lockkeeper.promotion.WayBackMinutes;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Verdict;
import java.time.Instant;
import java.util.ArrayList;
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
 * @param openFollowUps what is still to do after its end
 * @param next changes that this one unlocked; empty unless it is COMPLETE
 * @param outlooks what was forecast for each environment, beside what was measured
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
    List<OpenFollowUp> openFollowUps,
    List<Next> next,
    List<Outlook> outlooks) {

  private static final String ROOT_CAUSE =
      "write what caused the rollback (acknowledge, with the cause as its reason); until then the"
          + " same change is not started again";

  /**
   * What is still to do after the end.
   *
   * @param role who confirms what is asked, and takes over what does not pass; absent for what
   *     caused a rollback, which anybody with a role writes
   * @param due when it is done or asked for the first time
   * @param standing {@code waiting} for its time, or {@code due}
   * @param sentence what became of it up to now; empty before it is due
   */
  record OpenFollowUp(
      String name,
      Kind kind,
      String title,
      Optional<String> role,
      Instant due,
      Standing standing,
      String sentence) {

    static OpenFollowUp of(FollowUpState open) {
      return new OpenFollowUp(
          open.name(),
          open.kind(),
          open.title(),
          Optional.of(open.role()),
          open.due(),
          open.standing(),
          open.sentence());
    }

    static OpenFollowUp rootCause(Instant ended) {
      return new OpenFollowUp(
          FollowUpRules.ROOT_CAUSE,
          Kind.ASK,
          ROOT_CAUSE,
          Optional.empty(),
          ended,
          Standing.DUE,
          "");
    }
  }

  private static List<OpenFollowUp> open(PromotionState state) {
    List<OpenFollowUp> open = new ArrayList<>();
    if (state.rootCauseOpen()) {
      open.add(OpenFollowUp.rootCause(state.endedAt().orElse(state.startedAt())));
    }
    state.openFollowUps().forEach(followUp -> open.add(OpenFollowUp.of(followUp)));
    return open;
  }

  /** Which change. */
  record ChangeRef(String name, String hash) {}

  /**
   * A way back.
   *
   * @param option {@code quick}: the steps' undos; {@code A}: these, then the sections really
   *     applied, in reverse; {@code B}: the backup
   * @param seconds measured: of A in the rehearsal, of B when its backup was verified; absent where
   *     it was not measured
   * @param withinSeconds how long the change says that it may take; absent where it does not
   * @param estimatedSeconds what they make here, where they were measured elsewhere; absent where
   *     nobody can tell
   * @param minutes all of it for people: {@code 4.20 s for 9 units in the rehearsal of staging,
   *     estimated 14.3 s here, at most 5m}
   * @param backup its name; absent for A, and where it is another change's that the promotion has
   *     not looked at
   * @param losesSince what was written since is lost; absent where nothing is
   * @param whyNot absent where it is to be had
   * @param steps that it undoes, in its order; empty for B
   * @param ahead whether nothing is applied there yet: people are asked for it now
   * @param now what it would do now, unit by unit, where that was looked at after somebody else
   *     changed what the change touches; absent for quick and B
   */
  record WayBack(
      String option,
      String environment,
      Optional<Double> seconds,
      Optional<Double> withinSeconds,
      Optional<Double> estimatedSeconds,
      String minutes,
      boolean losesData,
      Optional<String> backup,
      Optional<Instant> losesSince,
      Optional<String> whyNot,
      List<String> steps,
      boolean ahead,
      Optional<Known.WayBackSeen> now) {

    static WayBack quick(PromotionState state, StagePlan.Deploy stage) {
      return of(
          "quick",
          stage,
          new WayBackMinutes(Optional.empty(), "", stage.quickWithin()),
          Optional.empty(),
          over(state).or(() -> QuickRules.whyNot(state, stage)),
          QuickRules.undoes(state, stage));
    }

    static WayBack optionA(PromotionState state, StagePlan.Deploy stage) {
      return of(
              "A",
              stage,
              WayBackMinutes.optionA(state, stage),
              Optional.empty(),
              over(state),
              QuickRules.undoes(state, stage))
          .lookedAt(state.known().wayBack(stage.environment()));
    }

    static WayBack optionB(PromotionState state, StagePlan.Deploy stage) {
      Optional<BackupState> backup = RestoreRules.backup(state, stage);
      return of(
          "B",
          stage,
          new WayBackMinutes(
              backup.flatMap(BackupState::restoreSeconds),
              "when the backup was verified",
              stage.restoreRule().flatMap(RestoreRule::within)),
          backup,
          over(state).or(() -> RestoreRules.whyNot(state, stage)),
          List.of());
    }

    /** What has ended is taken back by another promotion alone. */
    private static Optional<String> over(PromotionState state) {
      return state.status().ended()
          ? AllowedAction.of(state, Action.ROLLBACK).whyNot()
          : Optional.empty();
    }

    private static WayBack of(
        String option,
        StagePlan.Deploy stage,
        WayBackMinutes minutes,
        Optional<BackupState> backup,
        Optional<String> whyNot,
        List<String> steps) {
      return new WayBack(
          option,
          stage.environment(),
          minutes.seconds(),
          minutes.within().map(within -> within.toMillis() / 1000.0),
          minutes.estimated(),
          minutes.text(),
          option.equals("B"),
          backup.map(BackupState::id),
          backup.map(BackupState::takenAt),
          whyNot,
          steps,
          false,
          Optional.empty());
    }

    private WayBack lookedAt(Optional<Known.WayBackSeen> seen) {
      return new WayBack(
          option,
          environment,
          seconds,
          withinSeconds,
          estimatedSeconds,
          minutes,
          losesData,
          backup,
          losesSince,
          whyNot,
          steps,
          ahead,
          seen);
    }

    WayBack aheadOfIt() {
      return new WayBack(
          option,
          environment,
          seconds,
          withinSeconds,
          estimatedSeconds,
          minutes,
          losesData,
          backup,
          losesSince,
          whyNot,
          steps,
          true,
          now);
    }
  }

  /**
   * Of each environment that carries the change, and of the one that people are asked for: A, and
   * quick and B where the change has them.
   */
  private static List<WayBack> waysBack(PromotionStore.Row row) {
    List<WayBack> ways = new ArrayList<>();
    PromotionState state = row.state();
    state.begun().forEach(environment -> ways.addAll(waysBack(row, environment)));
    if (state.status() == Status.AWAITING_SIGN_OFF
        && !state.begun().contains(state.environment())) {
      waysBack(row, state.environment()).forEach(way -> ways.add(way.aheadOfIt()));
    }
    return ways;
  }

  private static List<WayBack> waysBack(PromotionStore.Row row, String environment) {
    List<WayBack> ways = new ArrayList<>();
    StagePlan.Deploy stage = row.input().flight().deploy(environment);
    if (!stage.undos().isEmpty()) {
      ways.add(WayBack.quick(row.state(), stage));
    }
    ways.add(WayBack.optionA(row.state(), stage));
    if (stage.restoreRule().isPresent()) {
      ways.add(WayBack.optionB(row.state(), stage));
    }
    return ways;
  }

  /**
   * What was forecast for an environment.
   *
   * @param from the environment before
   * @param verdict on how far that one is like this one; it hinders nothing
   * @param likeness with its figures, a line each
   */
  record Outlook(
      String environment,
      String from,
      Verdict verdict,
      String sentence,
      List<Evidence.Item> likeness,
      List<ForecastRow> sections) {

    static Outlook of(Known known, Known.Outlook told) {
      return new Outlook(
          told.environment(),
          told.outlook().from(),
          told.verdict(),
          told.sentence(),
          told.outlook().likeness(),
          ForecastRow.of(known, told));
    }
  }

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
        waysBack(row),
        state.begun(),
        state.left(),
        state.attachments(),
        state.measures().stream()
            .map(measure -> live.lease().map(measure::until).orElse(measure))
            .toList(),
        open(state),
        state.status() == Status.COMPLETE ? row.input().requested().next() : List.of(),
        state.known().outlooks().stream().map(told -> Outlook.of(state.known(), told)).toList());
  }
}
