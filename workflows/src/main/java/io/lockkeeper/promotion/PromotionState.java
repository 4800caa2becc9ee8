package io.lockkeeper.promotion;

import io.lockkeeper.change.Adjustment;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Status;
import io.lockkeeper.step.Attachment;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A promotion as it stands: what the journal's events add up to. The workflow and the API fold the
 * same events with the same code, so they cannot disagree.
 *
 * @param cause why it stands still; present while PAUSED
 * @param sentence what is going on, why, and what ends it, for people
 * @param stage the one that is on; empty before the first
 * @param pending roles whose consent is awaited; changes together with status and evidence hash
 * @param evidenceHash of the open gate
 * @param signed decisions of the gate that is or was open last
 * @param pauseRequested whether it will stop at the next safe point
 * @param begun environments in which something was applied and not taken back, in order
 * @param left what a rollback that is stuck has not taken back yet
 * @param attachments in the order in which they appeared
 * @param adjusted what people changed of the sections' rules meanwhile
 * @param rootCause why it had to be rolled back, as a person wrote it; absent until then
 * @param measures on targets that are in force, as far as the journal tells
 * @param backups the newest of each environment; none in states of earlier versions
 * @param undone environments whose steps were undone by option quick, while their sections stay;
 *     none in states of earlier versions
 * @param known what the steps told of environments and times; nothing in states of earlier versions
 * @param followUps what is left to do once it is over; none before, and in states of earlier
 *     versions
 * @param revertSeconds how long taking all sections back took in the rehearsal; absent before it
 */
public record PromotionState(
    String changeName,
    String changeHash,
    String reason,
    String requestedBy,
    boolean shortened,
    Status status,
    Optional<Cause> cause,
    String sentence,
    String stage,
    List<StageState> stages,
    List<Pending> pending,
    Optional<String> evidenceHash,
    List<Signed> signed,
    boolean pauseRequested,
    List<String> begun,
    List<String> left,
    List<Attachment> attachments,
    Optional<Double> revertSeconds,
    Instant startedAt,
    Optional<Instant> endedAt,
    Adjustment adjusted,
    Optional<String> rootCause,
    List<MeasureState> measures,
    List<BackupState> backups,
    List<String> undone,
    Known known,
    List<FollowUpState> followUps) {
  /** One of which nothing is known yet, and that nothing follows. */
  public PromotionState(
      String changeName,
      String changeHash,
      String reason,
      String requestedBy,
      boolean shortened,
      Status status,
      Optional<Cause> cause,
      String sentence,
      String stage,
      List<StageState> stages,
      List<Pending> pending,
      Optional<String> evidenceHash,
      List<Signed> signed,
      boolean pauseRequested,
      List<String> begun,
      List<String> left,
      List<Attachment> attachments,
      Optional<Double> revertSeconds,
      Instant startedAt,
      Optional<Instant> endedAt,
      Adjustment adjusted,
      Optional<String> rootCause,
      List<MeasureState> measures,
      List<BackupState> backups,
      List<String> undone) {
    this(
        changeName,
        changeHash,
        reason,
        requestedBy,
        shortened,
        status,
        cause,
        sentence,
        stage,
        stages,
        pending,
        evidenceHash,
        signed,
        pauseRequested,
        begun,
        left,
        attachments,
        revertSeconds,
        startedAt,
        endedAt,
        adjusted,
        rootCause,
        measures,
        backups,
        undone,
        Known.NOTHING,
        List.of());
  }

  public PromotionState {
    stages = List.copyOf(stages);
    pending = List.copyOf(pending);
    signed = List.copyOf(signed);
    begun = List.copyOf(begun);
    left = List.copyOf(left);
    attachments = List.copyOf(attachments);
    // States of earlier versions do not have them.
    known = known == null ? Known.NOTHING : known;
    followUps = followUps == null ? List.of() : List.copyOf(followUps);
    undone = undone == null ? List.of() : List.copyOf(undone);
    backups = backups == null ? List.of() : List.copyOf(backups);
    adjusted = adjusted == null ? Adjustment.NONE : adjusted;
    measures = measures == null ? List.of() : List.copyOf(measures);
  }

  /** Whether it was rolled back and nobody has written why: the same change waits for that. */
  public boolean rootCauseOpen() {
    boolean quick = status == Status.ABORTED && !undone.isEmpty();
    return (status == Status.ROLLED_BACK || status == Status.FAILED || quick)
        && rootCause.isEmpty();
  }

  /** What is left to do and not done yet. */
  public List<FollowUpState> openFollowUps() {
    return followUps.stream().filter(FollowUpState::open).toList();
  }

  public Optional<StageState> stage(String name) {
    return stages.stream().filter(state -> state.name().equals(name)).findFirst();
  }

  /** The newest that was taken in an environment. */
  public Optional<BackupState> backup(String environment) {
    return backups.stream().filter(b -> b.environment().equals(environment)).findFirst();
  }

  /** The environment of the stage that is on; empty before the first. */
  public String environment() {
    return stage(stage).map(StageState::environment).orElse("");
  }
}
