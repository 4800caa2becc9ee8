package io.lockkeeper.journal;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.change.Adjustment;
import io.lockkeeper.change.Change.Next;
import io.lockkeeper.change.FollowUp.Kind;
import io.lockkeeper.plan.Overrides;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.signoff.Statement.Decision;
import io.lockkeeper.stage.StageKind;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.StepKind;
import io.lockkeeper.step.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Something that happened in a promotion. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Event.Requested.class, name = "requested"),
  @JsonSubTypes.Type(value = Event.StageStarted.class, name = "stage_started"),
  @JsonSubTypes.Type(value = Event.StageEnded.class, name = "stage_ended"),
  @JsonSubTypes.Type(value = Event.StepStarted.class, name = "step_started"),
  @JsonSubTypes.Type(value = Event.StepEnded.class, name = "step_ended"),
  @JsonSubTypes.Type(value = Event.GateOpened.class, name = "gate_opened"),
  @JsonSubTypes.Type(value = Event.SignedOff.class, name = "signed_off"),
  @JsonSubTypes.Type(value = Event.GateClosed.class, name = "gate_closed"),
  @JsonSubTypes.Type(value = Event.StatementIssued.class, name = "statement_issued"),
  @JsonSubTypes.Type(value = Event.ActAccepted.class, name = "act_accepted"),
  @JsonSubTypes.Type(value = Event.Adjusted.class, name = "adjusted"),
  @JsonSubTypes.Type(value = Event.ActRefused.class, name = "act_refused"),
  @JsonSubTypes.Type(value = Event.Paused.class, name = "paused"),
  @JsonSubTypes.Type(value = Event.Parked.class, name = "parked"),
  @JsonSubTypes.Type(value = Event.Resumed.class, name = "resumed"),
  @JsonSubTypes.Type(value = Event.DeadlineSet.class, name = "deadline_set"),
  @JsonSubTypes.Type(value = Event.Tightened.class, name = "tightened"),
  @JsonSubTypes.Type(value = Event.TriggerChanged.class, name = "trigger_changed"),
  @JsonSubTypes.Type(value = Event.SamplingNoted.class, name = "sampling_noted"),
  @JsonSubTypes.Type(value = Event.LeftOut.class, name = "left_out"),
  @JsonSubTypes.Type(value = Event.RollbackStarted.class, name = "rollback_started"),
  @JsonSubTypes.Type(value = Event.RollbackEnded.class, name = "rollback_ended"),
  @JsonSubTypes.Type(value = Event.MeasuresPutBack.class, name = "measures_put_back"),
  @JsonSubTypes.Type(value = Event.Ended.class, name = "ended"),
  @JsonSubTypes.Type(value = Event.RootCause.class, name = "root_cause"),
  @JsonSubTypes.Type(value = Event.FollowUpsOpened.class, name = "follow_ups_opened"),
  @JsonSubTypes.Type(value = Event.FollowUpAsked.class, name = "follow_up_asked"),
  @JsonSubTypes.Type(value = Event.FollowUpAcknowledged.class, name = "follow_up_acknowledged"),
  @JsonSubTypes.Type(value = Event.FollowUpsCalledOff.class, name = "follow_ups_called_off"),
  @JsonSubTypes.Type(value = Event.CustomerReports.class, name = "customer_reports"),
  @JsonSubTypes.Type(value = Event.HistoryExported.class, name = "history_exported")
})
public sealed interface Event {

  /** A stage as it lies before the promotion. */
  record StageOutline(
      String name,
      StageKind kind,
      String environment,
      String target,
      List<StepOutline> steps,
      List<String> roles) {
    public StageOutline {
      steps = List.copyOf(steps);
      roles = List.copyOf(roles);
    }
  }

  /** A step as it lies before the promotion. */
  record StepOutline(String name, StepKind kind, String title) {}

  /**
   * Somebody started the promotion; the first of every journal.
   *
   * @param next changes that this one unlocks; none in journals of the first version
   */
  record Requested(
      String changeName,
      String changeHash,
      String why,
      String reason,
      String requestedBy,
      List<StageOutline> stages,
      Overrides overrides,
      SignedStatement statement,
      List<Next> next)
      implements Event {
    public Requested {
      stages = List.copyOf(stages);
      next = next == null ? List.of() : List.copyOf(next);
    }
  }

  record StageStarted(String stage) implements Event {}

  record StageEnded(String stage, Verdict verdict, String sentence) implements Event {}

  /**
   * The intent: journaled before the step's effect.
   *
   * @param attempt from 1; a person's retry is the next
   */
  record StepStarted(String stage, String step, StepKind kind, String title, int attempt)
      implements Event {}

  record StepEnded(
      String stage,
      String step,
      StepKind kind,
      int attempt,
      Verdict verdict,
      String sentence,
      Optional<Evidence> evidence,
      List<Attachment> attachments)
      implements Event {
    public StepEnded {
      attachments = List.copyOf(attachments);
    }
  }

  /**
   * People are asked for their consent to what the evidence shows.
   *
   * @param evidence what the hash is over: one line per result, with its digest
   * @param evidenceHash SHA-256 over the canonical evidence
   */
  record GateOpened(
      String stage,
      String environment,
      List<String> roles,
      List<EvidenceLine> evidence,
      String evidenceHash,
      Instant expiresAt)
      implements Event {
    public GateOpened {
      roles = List.copyOf(roles);
      evidence = List.copyOf(evidence);
    }
  }

  /**
   * One result that approvers see.
   *
   * @param digest SHA-256 over the canonical result
   */
  record EvidenceLine(String stage, String step, Verdict verdict, String digest) {}

  record SignedOff(
      String stage,
      String role,
      String person,
      Decision decision,
      String comment,
      String evidenceHash,
      Source source,
      SignedStatement statement)
      implements Event {}

  /** The gate is no longer open. */
  record GateClosed(String stage, GateOutcome outcome, String sentence) implements Event {}

  /** How a gate ended. */
  enum GateOutcome {
    APPROVED,
    REFUSED,
    EXPIRED,
    VOIDED
  }

  /** A signed statement was given to its person without being delivered. */
  record StatementIssued(Action action, String person, String role, String nonce)
      implements Event {}

  /** A person's act was taken. */
  record ActAccepted(
      Action action, String person, String reason, Optional<String> environment, Source source)
      implements Event {}

  /**
   * A person made the sections' rules gentler.
   *
   * @param adjustment all that holds now
   */
  record Adjusted(Adjustment adjustment, String sentence) implements Event {}

  /** An act that changed nothing. */
  record ActRefused(Action action, String person, String why, Source source) implements Event {}

  /** The way by which an act came. */
  enum Source {
    @JsonProperty("api")
    API,
    @JsonProperty("temporal")
    TEMPORAL,
    @JsonProperty("worker")
    WORKER
  }

  /** Why a promotion stands still. */
  enum Cause {
    @JsonProperty("person")
    PERSON,
    @JsonProperty("failure")
    FAILURE,
    @JsonProperty("guard")
    GUARD,
    @JsonProperty("health")
    HEALTH,
    @JsonProperty("drift")
    DRIFT,
    @JsonProperty("evidence")
    EVIDENCE,
    @JsonProperty("identity")
    IDENTITY,
    @JsonProperty("unknown")
    UNKNOWN
  }

  record Paused(Cause cause, String sentence) implements Event {}

  /** Waiting at a safe point for something that clears by itself. */
  record Parked(String sentence) implements Event {}

  record Resumed(String sentence) implements Event {}

  /** A soak or watch ends then; a later one replaces an earlier. */
  record DeadlineSet(String stage, Instant deadline, String sentence) implements Event {}

  /**
   * A person added triggers to a soak or watch while it runs; those from before hold on.
   *
   * @param triggers that were added, as text
   */
  record Tightened(String stage, List<String> triggers, String sentence) implements Event {
    public Tightened {
      triggers = List.copyOf(triggers);
    }
  }

  /**
   * A trigger's phase changed.
   *
   * @param phase as in {@link io.lockkeeper.limit.TriggerState.Phase}
   */
  record TriggerChanged(String stage, String trigger, String metric, String phase, String sentence)
      implements Event {}

  /** What people should know of a soak's samples: the server was restarted, some are missing. */
  record SamplingNoted(String stage, String sentence) implements Event {}

  /**
   * More entries were waiting for the journal than could be handed on. Their numbers are used up.
   *
   * @param from the number of the first of its writer that is left out; the last is this entry's
   *     own
   */
  record LeftOut(String stage, long from, String sentence) implements Event {}

  /**
   * The way back began.
   *
   * @param because what made it necessary, for people
   */
  record RollbackStarted(String environment, String option, String because, List<String> steps)
      implements Event {
    public RollbackStarted {
      steps = List.copyOf(steps);
    }
  }

  /**
   * The way back ended, or got stuck.
   *
   * @param left what is not taken back yet; empty where all is
   * @param option by which way; absent in events of earlier versions, and for A and B
   */
  record RollbackEnded(
      String environment,
      Verdict verdict,
      String sentence,
      List<String> left,
      double seconds,
      Optional<String> option)
      implements Event {
    /** The option after which the sections stay. */
    public static final String QUICK = "quick";

    public RollbackEnded {
      left = List.copyOf(left);
    }

    /** By option A or B. */
    public RollbackEnded(
        String environment, Verdict verdict, String sentence, List<String> left, double seconds) {
      this(environment, verdict, sentence, left, seconds, Optional.empty());
    }

    /** Whether the sections stay: only the steps were undone. */
    public boolean quick() {
      return option.filter(QUICK::equals).isPresent();
    }
  }

  /**
   * A worker put back measures whose lease had ended: nobody renewed them.
   *
   * @param environment in which they were in force
   */
  record MeasuresPutBack(String environment, String sentence) implements Event {}

  /**
   * The promotion is over.
   *
   * @param status one of the four in which a promotion ends
   * @param carries environments that carry the change now
   */
  record Ended(Status status, String sentence, List<String> carries) implements Event {
    public Ended {
      carries = List.copyOf(carries);
    }
  }

  /** Why it had to be rolled back, as a person wrote it afterwards. */
  record RootCause(String person, String text) implements Event {}

  /**
   * The promotion is over, and this is left to do.
   *
   * @param environment in which it is done
   */
  record FollowUpsOpened(String environment, List<FollowUp> followUps) implements Event {
    public FollowUpsOpened {
      followUps = List.copyOf(followUps);
    }
  }

  /**
   * Something that is left to do.
   *
   * @param role who confirms what is asked, and takes over what does not pass
   * @param due when it is done or asked for the first time
   */
  record FollowUp(String name, Kind kind, String title, String role, Instant due) {}

  /** Somebody is asked for it, or reminded. */
  record FollowUpAsked(String name, String sentence) implements Event {}

  /**
   * Somebody confirmed what was asked, or took over what did not pass.
   *
   * @param text what they say of it
   */
  record FollowUpAcknowledged(String name, String role, String person, String text)
      implements Event {}

  /**
   * The workflow in which they are done was cancelled.
   *
   * @param followUps names of those that were open; nothing is done of them any more
   */
  record FollowUpsCalledOff(String person, List<String> followUps) implements Event {
    public FollowUpsCalledOff {
      followUps = List.copyOf(followUps);
    }
  }

  /**
   * What customers reported while the change was watched, as a person says; a later one replaces an
   * earlier.
   *
   * @param text {@code none}, or what they said
   */
  record CustomerReports(String person, String text) implements Event {

    /** Whether a person says that there were none: by that word and no other. */
    public boolean none() {
      return text.strip().equalsIgnoreCase("none");
    }
  }

  /** Temporal's history was kept as a blob before its retention ends. */
  record HistoryExported(String workflow, BlobRef blob, int events) implements Event {}
}
