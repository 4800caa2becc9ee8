package io.lockkeeper.promotion;

import io.lockkeeper.change.Adjustment;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Event.GateOutcome;
import io.lockkeeper.journal.Status;
import io.lockkeeper.promotion.FollowUpState.Standing;
import io.lockkeeper.promotion.StageState.StageStatus;
import io.lockkeeper.stage.StageKind;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepKind;
import io.lockkeeper.step.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Adds events up to a state. Pure but for its own fields; made anew for every fold. */
public final class PromotionFold {
  private final String changeName;
  private final String changeHash;
  private final String reason;
  private final String requestedBy;
  private final boolean shortened;
  private final Instant startedAt;
  private Status status;
  private @Nullable Cause cause;
  private String sentence;
  private String stage;
  private List<StageState> stages;
  private List<Pending> pending;
  private @Nullable String evidenceHash;
  private List<Signed> signed;
  private boolean pauseRequested;
  private List<String> begun;
  private List<String> left;
  private List<Attachment> attachments;
  private @Nullable Double revertSeconds;
  private @Nullable Instant endedAt;
  private Adjustment adjusted;
  private @Nullable String rootCause;
  private List<MeasureState> measures;
  private List<BackupState> backups;
  private List<String> undone;
  private Known known;
  private List<FollowUpState> followUps;

  private PromotionFold(PromotionState from) {
    changeName = from.changeName();
    changeHash = from.changeHash();
    reason = from.reason();
    requestedBy = from.requestedBy();
    shortened = from.shortened();
    startedAt = from.startedAt();
    status = from.status();
    cause = from.cause().orElse(null);
    sentence = from.sentence();
    stage = from.stage();
    stages = new ArrayList<>(from.stages());
    pending = from.pending();
    evidenceHash = from.evidenceHash().orElse(null);
    signed = from.signed();
    pauseRequested = from.pauseRequested();
    begun = from.begun();
    left = from.left();
    attachments = from.attachments();
    revertSeconds = from.revertSeconds().orElse(null);
    endedAt = from.endedAt().orElse(null);
    adjusted = from.adjusted();
    rootCause = from.rootCause().orElse(null);
    measures = from.measures();
    backups = from.backups();
    undone = from.undone();
    known = from.known();
    followUps = from.followUps();
  }

  /** The state after a journal's first event. */
  public static PromotionState start(Event.Requested requested, Instant at) {
    List<StageState> stages =
        requested.stages().stream()
            .map(
                outline ->
                    new StageState(
                        outline.name(),
                        outline.kind(),
                        outline.environment(),
                        StageStatus.NOT_STARTED,
                        Optional.empty(),
                        "",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        outline.steps().stream().map(PromotionFold::step).toList()))
            .toList();
    return new PromotionState(
        requested.changeName(),
        requested.changeHash(),
        requested.reason(),
        requested.requestedBy(),
        requested.overrides().any(),
        Status.NOT_STARTED,
        Optional.empty(),
        "asked for by " + requested.requestedBy() + ": " + requested.reason(),
        "",
        stages,
        List.of(),
        Optional.empty(),
        List.of(),
        false,
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        at,
        Optional.empty(),
        Adjustment.NONE,
        Optional.empty(),
        List.of(),
        List.of(),
        List.of());
  }

  /** The state after one more event. */
  public static PromotionState next(PromotionState before, Entry entry) {
    PromotionFold fold = new PromotionFold(before);
    fold.add(entry.event(), entry.at());
    return fold.state();
  }

  private static StepState step(Event.StepOutline outline) {
    return step(outline.name(), outline.kind(), outline.title());
  }

  private static StepState step(String name, StepKind kind, String title) {
    return new StepState(
        name, kind, title, 0, Optional.empty(), "", Optional.empty(), Optional.empty());
  }

  private PromotionState state() {
    return new PromotionState(
        changeName,
        changeHash,
        reason,
        requestedBy,
        shortened,
        status,
        Optional.ofNullable(cause),
        sentence,
        stage,
        stages,
        pending,
        Optional.ofNullable(evidenceHash),
        signed,
        pauseRequested,
        begun,
        left,
        attachments,
        Optional.ofNullable(revertSeconds),
        startedAt,
        Optional.ofNullable(endedAt),
        adjusted,
        Optional.ofNullable(rootCause),
        measures,
        backups,
        undone,
        known,
        followUps);
  }

  private void add(Event event, Instant at) {
    if (event instanceof Event.StageStarted started) {
      stageStarted(started, at);
    } else if (event instanceof Event.StageEnded ended) {
      change(ended.stage(), s -> s.ended(at, ended.verdict(), ended.sentence()));
    } else if (event instanceof Event.StepStarted started) {
      stepStarted(started, at);
    } else if (event instanceof Event.StepEnded ended) {
      stepEnded(ended, at);
    } else if (event instanceof Event.GateOpened opened) {
      gateOpened(opened, at);
    } else if (event instanceof Event.SignedOff signOff) {
      signedOff(signOff, at);
    } else if (event instanceof Event.GateClosed closed) {
      gateClosed(closed);
    } else if (event instanceof Event.ActAccepted accepted) {
      accepted(accepted);
    } else if (event instanceof Event.Adjusted now) {
      adjusted = now.adjustment();
    } else if (event instanceof Event.Paused paused) {
      stop(Status.PAUSED, paused.cause(), paused.sentence());
    } else if (event instanceof Event.Parked parked) {
      stop(Status.PARKED, null, parked.sentence());
    } else if (event instanceof Event.Resumed resumed) {
      resumed(resumed.sentence());
    } else if (event instanceof Event.DeadlineSet deadline) {
      change(deadline.stage(), s -> s.until(deadline.deadline()));
      sentence = standing() ? sentence : deadline.sentence();
    } else if (event instanceof Event.RollbackStarted started) {
      rollbackStarted(started);
    } else if (event instanceof Event.RollbackEnded ended) {
      rollbackEnded(ended);
    } else if (event instanceof Event.MeasuresPutBack put) {
      measures = elsewhere(put.environment());
    } else if (event instanceof Event.Ended ended) {
      ended(ended, at);
    } else if (event instanceof Event.RootCause cause) {
      rootCause = cause.text();
    } else if (event instanceof Event.FollowUpsOpened opened) {
      followUps = opened.followUps().stream().map(FollowUpState::of).toList();
    } else if (event instanceof Event.FollowUpAsked asked) {
      followUp(asked.name(), Standing.DUE, asked.sentence());
    } else if (event instanceof Event.FollowUpAcknowledged taken) {
      followUp(
          taken.name(),
          Standing.DONE,
          taken.person() + " as " + taken.role() + ": " + taken.text());
    } else if (event instanceof Event.FollowUpsCalledOff off) {
      off.followUps()
          .forEach(name -> followUp(name, Standing.DONE, "called off by " + off.person()));
    }
    // The others are told in the journal and change nothing here.
  }

  private void stageStarted(Event.StageStarted started, Instant at) {
    change(started.stage(), s -> s.started(at));
    boolean background = kind(started.stage()) == StageKind.WATCH && foreground().isPresent();
    if (!background) {
      stage = started.stage();
    }
    if (!standing()) {
      status = natural();
      sentence = background ? sentence : started.stage() + " has begun";
    }
  }

  private void stepStarted(Event.StepStarted started, Instant at) {
    if (started.stage().equals(FollowUpOrder.STAGE)) {
      return;
    }
    change(
        started.stage(),
        s ->
            s.withStep(
                step(started.step(), started.kind(), started.title()),
                step -> step.started(at, started.attempt())));
    if (started.kind() == StepKind.APPLY || stepBegins(started)) {
      String environment = environment(started.stage());
      begun = begun.contains(environment) ? begun : plus(begun, environment);
    }
    if (!standing()) {
      sentence = started.stage() + ": " + started.title();
    }
  }

  /** A step that the author wrote is part of the change; one of a rollback begins nothing. */
  private boolean stepBegins(Event.StepStarted started) {
    return started.kind() == StepKind.SQL && status != Status.ROLLING_BACK;
  }

  private void followUp(String name, Standing standing, String words) {
    followUps =
        followUps.stream()
            .map(f -> f.name().equals(name) && f.open() ? f.now(standing, words) : f)
            .toList();
  }

  private void stepEnded(Event.StepEnded ended, Instant at) {
    if (ended.stage().equals(FollowUpOrder.STAGE)) {
      Standing now = ended.verdict() == Verdict.PASS ? Standing.DONE : Standing.DUE;
      followUp(ended.step(), now, ended.verdict() + ", " + ended.sentence());
      keep(ended.attachments());
      return;
    }
    change(
        ended.stage(),
        s ->
            s.withStep(
                step(ended.step(), ended.kind(), ended.step()),
                step -> step.ended(at, ended.verdict(), ended.sentence())));
    keep(ended.attachments());
    measured(ended);
    known = known.after(ended, environment(ended.stage()), status == Status.ROLLING_BACK, at);
    if (ended.evidence().orElse(null) instanceof Evidence.BackupTaken taken) {
      backedUp(environment(ended.stage()), taken);
    }
    if (ended.evidence().orElse(null) instanceof Evidence.SwappedBack) {
      swappedBack(ended);
    }
    if (ended.kind() == StepKind.REVERT && status != Status.ROLLING_BACK) {
      rehearsed(ended);
    }
    if (ended.kind() == StepKind.VERIFY
        && ended.step().equals("verify-reverted")
        && !stepsBegan(ended.stage())) {
      begunAfterRehearsal(ended);
    }
  }

  private void keep(List<Attachment> files) {
    List<Attachment> all = new ArrayList<>(attachments);
    for (Attachment file : files) {
      all.removeIf(other -> other.name().equals(file.name()));
      all.add(file);
    }
    attachments = List.copyOf(all);
  }

  private void measured(Event.StepEnded ended) {
    String environment = environment(ended.stage());
    boolean back = ended.step().startsWith(new Step.Measure(true).name());
    if (ended.kind() != StepKind.MEASURE) {
      return;
    }
    if (back && ended.verdict() == Verdict.PASS) {
      measures = elsewhere(environment);
    } else if (!back && ended.evidence().orElse(null) instanceof Evidence.Measures put) {
      List<MeasureState> now = new ArrayList<>(elsewhere(environment));
      put.measures().forEach(measure -> now.add(MeasureState.of(environment, measure)));
      measures = List.copyOf(now);
    }
  }

  private List<MeasureState> elsewhere(String environment) {
    return measures.stream().filter(m -> !m.environment().equals(environment)).toList();
  }

  private void backedUp(String environment, Evidence.BackupTaken taken) {
    List<BackupState> all = new ArrayList<>(backups);
    all.removeIf(other -> other.environment().equals(environment));
    all.add(
        new BackupState(
            environment,
            taken.id(),
            taken.takenAt(),
            taken.verifiedAt().isPresent(),
            taken.restoreSeconds(),
            taken.takenFor()));
    backups = List.copyOf(all);
  }

  /** The database from before the rollback has the change, and it may be told after the end. */
  private void swappedBack(Event.StepEnded ended) {
    String environment = environment(ended.stage());
    begun = begun.contains(environment) ? begun : plus(begun, environment);
    sentence = environment + " has the change again: " + ended.sentence();
  }

  /** The way back, measured. */
  private void rehearsed(Event.StepEnded ended) {
    if (ended.evidence().orElse(null) instanceof Evidence.Units) {
      revertSeconds =
          known.back(environment(ended.stage())).map(Known.Back::seconds).orElse(revertSeconds);
    }
  }

  /** Whether there is more to take back than what was rehearsed. */
  private boolean stepsBegan(String name) {
    return find(name).stream()
        .flatMap(s -> s.steps().stream())
        .anyMatch(step -> step.kind() == StepKind.SQL && step.startedAt().isPresent());
  }

  /** A rehearsal that was taken back leaves nothing. */
  private void begunAfterRehearsal(Event.StepEnded ended) {
    if (ended.verdict() == Verdict.PASS && status != Status.ROLLING_BACK) {
      begun = minus(begun, environment(ended.stage()));
    }
  }

  private void gateOpened(Event.GateOpened opened, Instant at) {
    pending =
        opened.roles().stream().map(role -> new Pending(role, at, opened.expiresAt())).toList();
    signed = List.of();
    evidenceHash = opened.evidenceHash();
    if (!standing()) {
      status = natural();
      sentence = opened.stage() + ": waiting for " + String.join(", ", opened.roles());
    }
  }

  private void signedOff(Event.SignedOff signOff, Instant at) {
    List<Signed> all = new ArrayList<>(signed);
    all.add(
        new Signed(
            signOff.stage(),
            signOff.role(),
            signOff.person(),
            signOff.decision(),
            signOff.comment(),
            at));
    signed = List.copyOf(all);
    pending = pending.stream().filter(p -> !p.role().equals(signOff.role())).toList();
    if (!standing() && !pending.isEmpty()) {
      sentence =
          signOff.stage()
              + ": waiting for "
              + String.join(", ", pending.stream().map(Pending::role).toList());
    }
  }

  private void gateClosed(Event.GateClosed closed) {
    pending = List.of();
    evidenceHash = null;
    if (!standing()) {
      status = natural();
      sentence = closed.sentence();
    }
    if (closed.outcome() != GateOutcome.APPROVED) {
      sentence = closed.sentence();
    }
  }

  private void accepted(Event.ActAccepted accepted) {
    switch (accepted.action()) {
      case PAUSE -> {
        pauseRequested = true;
        if (!standing()) {
          sentence =
              sentence + "; pauses at the next safe point, asked for by " + accepted.person();
        }
      }
      case RESUME -> pauseRequested = false;
      default -> {}
    }
  }

  private void stop(Status at, @Nullable Cause why, String words) {
    status = at;
    cause = why;
    sentence = words;
    pauseRequested = false;
  }

  private void resumed(String words) {
    known = known.goneOn();
    cause = null;
    status = natural();
    sentence = words;
  }

  private void rollbackStarted(Event.RollbackStarted started) {
    known = known.goneOn();
    status = Status.ROLLING_BACK;
    cause = null;
    pauseRequested = false;
    left = List.of();
    pending = List.of();
    evidenceHash = null;
    sentence = "rolling " + started.environment() + " back: " + started.because();
  }

  private void rollbackEnded(Event.RollbackEnded ended) {
    left = ended.left();
    sentence = ended.sentence();
    if (ended.verdict() != Verdict.PASS) {
      return;
    }
    undone = minus(undone, ended.environment());
    if (ended.quick()) {
      undone = plus(undone, ended.environment());
    } else {
      begun = minus(begun, ended.environment());
    }
  }

  private void ended(Event.Ended ended, Instant at) {
    status = ended.status();
    cause = null;
    sentence = ended.sentence();
    pending = List.of();
    evidenceHash = null;
    pauseRequested = false;
    begun = ended.carries();
    left = List.of();
    endedAt = at;
  }

  /** Whether the promotion stands still or goes back, so that a stage's news do not change that. */
  private boolean standing() {
    return status == Status.PAUSED
        || status == Status.PARKED
        || status == Status.ROLLING_BACK
        || status.ended();
  }

  /** The status that follows from the stages alone. */
  private Status natural() {
    if (!pending.isEmpty() || evidenceHash != null) {
      return Status.AWAITING_SIGN_OFF;
    }
    Optional<StageState> on = foreground();
    if (on.isPresent()) {
      return on.get().kind() == StageKind.SOAK ? Status.SOAKING : Status.IN_PROGRESS;
    }
    boolean watched =
        stages.stream()
            .anyMatch(s -> s.kind() == StageKind.WATCH && s.status() == StageStatus.IN_PROGRESS);
    return watched ? Status.WATCHING : Status.IN_PROGRESS;
  }

  private Optional<StageState> foreground() {
    return stages.stream()
        .filter(s -> s.kind() != StageKind.WATCH && s.status() == StageStatus.IN_PROGRESS)
        .findFirst();
  }

  private void change(String name, UnaryOperator<StageState> change) {
    for (int i = 0; i < stages.size(); i++) {
      if (stages.get(i).name().equals(name)) {
        stages.set(i, change.apply(stages.get(i)));
      }
    }
  }

  private StageKind kind(String name) {
    return find(name).map(StageState::kind).orElse(StageKind.DEPLOY);
  }

  private String environment(String name) {
    return find(name).map(StageState::environment).orElse(name);
  }

  private Optional<StageState> find(String name) {
    return stages.stream().filter(s -> s.name().equals(name)).findFirst();
  }

  private static List<String> plus(List<String> names, String name) {
    List<String> more = new ArrayList<>(names);
    more.add(name);
    return List.copyOf(more);
  }

  private static List<String> minus(List<String> names, String name) {
    return names.stream().filter(n -> !n.equals(name)).toList();
  }
}
