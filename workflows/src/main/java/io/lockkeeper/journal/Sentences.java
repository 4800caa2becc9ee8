package io.lockkeeper.journal;

import io.lockkeeper.signoff.Statement.Decision;

/** One sentence for every event, the same on every screen. */
public final class Sentences {
  private Sentences() {}

  public static String of(Event event) {
    if (event instanceof Event.Requested e) {
      String shortened = e.overrides().any() ? " (" + e.overrides().text() + ")" : "";
      return e.requestedBy() + " starts " + e.changeName() + ": " + e.reason() + shortened;
    }
    if (event instanceof Event.StageStarted e) {
      return "stage " + e.stage() + " begins";
    }
    if (event instanceof Event.StageEnded e) {
      return "stage " + e.stage() + " ends " + e.verdict() + ": " + e.sentence();
    }
    if (event instanceof Event.StepStarted e) {
      String again = e.attempt() > 1 ? " (attempt " + e.attempt() + ")" : "";
      return e.stage() + ": " + e.title() + again;
    }
    if (event instanceof Event.StepEnded e) {
      return e.stage() + ", " + e.step() + ": " + e.verdict() + ", " + e.sentence();
    }
    if (event instanceof Event.GateOpened e) {
      return e.stage() + ": asks " + String.join(", ", e.roles()) + " until " + e.expiresAt();
    }
    if (event instanceof Event.SignedOff e) {
      String verb = e.decision() == Decision.APPROVE ? " approves as " : " refuses as ";
      String comment = e.comment().isBlank() ? "" : ": " + e.comment();
      return e.stage() + ": " + e.person() + verb + e.role() + comment;
    }
    if (event instanceof Event.GateClosed e) {
      return e.sentence();
    }
    if (event instanceof Event.StatementIssued e) {
      return e.person() + " was given a signed " + e.action().text() + " as " + e.role();
    }
    if (event instanceof Event.ActAccepted e) {
      String place = e.environment().map(name -> " of " + name).orElse("");
      return e.person() + ": " + e.action().text() + place + ", because " + e.reason();
    }
    if (event instanceof Event.Adjusted e) {
      return e.sentence();
    }
    if (event instanceof Event.ActRefused e) {
      return e.action().text() + " by " + e.person() + " refused: " + e.why();
    }
    return ofCourse(event);
  }

  private static String ofCourse(Event event) {
    if (event instanceof Event.Paused e) {
      return "paused: " + e.sentence();
    }
    if (event instanceof Event.Parked e) {
      return "parked: " + e.sentence();
    }
    if (event instanceof Event.Resumed e) {
      return "goes on: " + e.sentence();
    }
    if (event instanceof Event.DeadlineSet e) {
      return e.sentence();
    }
    if (event instanceof Event.Tightened e) {
      return e.sentence();
    }
    if (event instanceof Event.TriggerChanged e) {
      return e.stage() + ": " + e.trigger() + " is " + e.phase() + ": " + e.sentence();
    }
    if (event instanceof Event.SamplingNoted e) {
      return e.stage() + ": " + e.sentence();
    }
    if (event instanceof Event.LeftOut e) {
      return e.stage() + ": " + e.sentence();
    }
    if (event instanceof Event.RollbackStarted e) {
      return "rolling " + e.environment() + " back (option " + e.option() + "): " + e.because();
    }
    if (event instanceof Event.RollbackEnded e) {
      return "rollback of " + e.environment() + " " + e.verdict() + ": " + e.sentence();
    }
    if (event instanceof Event.MeasuresPutBack e) {
      return e.environment() + ": " + e.sentence();
    }
    if (event instanceof Event.Ended e) {
      return e.status() + ": " + e.sentence();
    }
    if (event instanceof Event.RootCause e) {
      return "what caused the rollback, by " + e.person() + ": " + e.text();
    }
    if (event instanceof Event.FollowUpsOpened e) {
      return "to do afterwards in "
          + e.environment()
          + ": "
          + String.join(
              ", ", e.followUps().stream().map(f -> f.name() + " at " + f.due()).toList());
    }
    if (event instanceof Event.FollowUpAsked e) {
      return "follow-up " + e.name() + ": " + e.sentence();
    }
    if (event instanceof Event.FollowUpAcknowledged e) {
      return "follow-up "
          + e.name()
          + ": acknowledged by "
          + e.person()
          + " as "
          + e.role()
          + ": "
          + e.text();
    }
    if (event instanceof Event.FollowUpsCalledOff e) {
      return "called off by "
          + e.person()
          + ", and not to be done any more: "
          + String.join(", ", e.followUps());
    }
    if (event instanceof Event.CustomerReports e) {
      return "what customers reported, by " + e.person() + ": " + e.text();
    }
    if (event instanceof Event.HistoryExported e) {
      return "history of " + e.workflow() + " kept, " + e.events() + " events";
    }
    throw new IllegalStateException("no sentence for " + event.getClass().getName());
  }
}
