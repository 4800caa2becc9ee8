package io.lockkeeper.promotion;

import io.lockkeeper.activity.Recorder;
import io.lockkeeper.failure.Failures;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Source;
import io.lockkeeper.journal.Status;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.BadStatementException;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.signoff.Statement;
import io.lockkeeper.signoff.Statement.Option;
import io.lockkeeper.signoff.Verifier;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Acts of people: judged by one rule, taken or refused within one task, carried out by the flight
 * at its next place to do so. Workflow code.
 */
final class Acts {
  private static final String SECOND_PERSON = "option-b-takes-a-second-person";

  /** Refused signals that are told one by one; the rest is only counted. */
  private static final int TOLD_REFUSALS = 20;

  private static final String UNKNOWN = "unknown, through Temporal";

  private final PromotionInput input;
  private final Verifier verifier;
  private final Recorder recorder;
  private final Supplier<PromotionState> state;
  private final Extension extension;
  private final Map<String, List<SignedStatement>> approvals = new HashMap<>();
  private final Set<String> nonces = new HashSet<>();
  private @Nullable Stop stop;
  private @Nullable Action answer;
  private @Nullable SignedStatement restore;
  private String takenBack = "";
  private boolean waiting;
  private int refusals;

  /** What an extension does. */
  interface Extension {
    /** Why it cannot be done; nothing where it can. */
    Optional<String> whyNot(Statement statement);

    void carryOut(Statement statement, String because);
  }

  /**
   * @param extension moves the end of what is observed
   */
  Acts(
      PromotionInput input,
      Recorder recorder,
      Supplier<PromotionState> state,
      Extension extension) {
    this.input = input;
    this.verifier = new Verifier(input.trustedKeys());
    this.recorder = recorder;
    this.state = state;
    this.extension = extension;
  }

  /**
   * An update's validator.
   *
   * @throws io.temporal.failure.ApplicationFailure with the reason, where it does not count
   */
  void check(Action action, @Nullable SignedStatement signed) {
    refuse(whyNot(action, signed, true));
  }

  private static void refuse(Optional<String> whyNot) {
    if (whyNot.isPresent()) {
      throw Failures.refusal(whyNot.get());
    }
  }

  ActReply update(Action action, @Nullable SignedStatement signed) {
    // Once more: something may have happened since the validator looked.
    refuse(whyNot(action, signed, takesSecond(signed)));
    take(action, signed, Source.API);
    return new ActReply(state.get().status(), recorder.sequence());
  }

  void signal(Action action, @Nullable SignedStatement signed) {
    Optional<String> whyNot = whyNot(action, signed, takesSecond(signed));
    boolean unsigned = verifier.verified(signed).isEmpty();
    if (unsigned && action.safe() && AllowedAction.of(state.get(), action).allowed()) {
      take(action, null, Source.TEMPORAL);
    } else if (whyNot.isPresent()) {
      refuse(action, signed, whyNot.get());
    } else {
      take(action, signed, Source.TEMPORAL);
    }
  }

  /** Whether the flight must stop. */
  boolean stops() {
    return stop != null;
  }

  /** Something other than a person demands the way back; a person's demand that came first wins. */
  void demand(Stop demanded) {
    if (stop == null) {
      stop = demanded;
    }
  }

  void throwIfStopped() {
    if (stop != null) {
      throw stop;
    }
  }

  /** The demand, taken off, so that a stuck rollback can be aborted and retried. */
  Optional<Stop> takeStop() {
    Stop taken = stop;
    stop = null;
    return Optional.ofNullable(taken);
  }

  /**
   * Waits for one of resume, retry and acknowledge, or until something becomes true.
   *
   * @return the act; nothing where the flight must stop or the condition came first
   */
  Optional<Action> answer(Supplier<Boolean> orElse) {
    waiting = true;
    try {
      Workflow.await(() -> answer != null || stops() || orElse.get());
    } finally {
      waiting = false;
    }
    Action given = answer;
    answer = null;
    return stops() ? Optional.empty() : Optional.ofNullable(given);
  }

  /** Statements that make up the grant of an environment. */
  List<SignedStatement> grant(String environment) {
    List<SignedStatement> statements = new ArrayList<>();
    statements.add(input.statement());
    statements.addAll(approvals.getOrDefault(environment, List.of()));
    return statements;
  }

  /** Statements that let a backup be restored: the start, and what a person asked for. */
  List<SignedStatement> restore() {
    return restore == null ? List.of(input.statement()) : List.of(input.statement(), restore);
  }

  /** From now on that environment is taken back, and no other. */
  void takesBack(String environment) {
    takenBack = environment;
  }

  /** Approvals of an earlier package no longer count. */
  void voidApprovals(String environment) {
    approvals.remove(environment);
  }

  /** What was accepted before there was the rule stays accepted. */
  private boolean takesSecond(@Nullable SignedStatement signed) {
    return verifier.verified(signed).flatMap(Statement::option).filter(Option.B::equals).isEmpty()
        || Workflow.getVersion(SECOND_PERSON, Workflow.DEFAULT_VERSION, 1)
            > Workflow.DEFAULT_VERSION;
  }

  /**
   * @param second whether option B takes another person than who started the promotion
   */
  private Optional<String> whyNot(Action action, @Nullable SignedStatement signed, boolean second) {
    Statement statement;
    try {
      statement = verifier.verify(signed);
    } catch (BadStatementException e) {
      return Optional.of(e.text());
    }
    if (statement.action() != action
        || !statement.promotion().equals(input.id())
        || !statement.change().equals(input.change())) {
      return Optional.of("the statement is about something else");
    }
    if (nonces.contains(statement.nonce())) {
      return Optional.of("the statement has been used already");
    }
    PromotionState now = state.get();
    AllowedAction allowed = AllowedAction.of(now, action);
    if (!allowed.allowed()) {
      return allowed.whyNot();
    }
    if (stops() && action != Action.ABORT) {
      return Optional.of("the promotion is being stopped");
    }
    if (answer != null && (action == Action.RESUME || action == Action.RETRY)) {
      return Optional.of("another act is being carried out");
    }
    return switch (action) {
      case SIGN_OFF -> SignOffRules.whyNot(now, input.author(), statement, now());
      case ROLLBACK -> rollbackWhyNot(now, statement, second);
      case EXTEND -> extension.whyNot(statement);
      default -> Optional.empty();
    };
  }

  private Optional<String> rollbackWhyNot(PromotionState now, Statement statement, boolean second) {
    String wanted = statement.environment().orElseGet(this::place);
    if (!takenBack.isEmpty() && !wanted.equals(takenBack)) {
      return Optional.of("the rollback of " + takenBack + " is not over");
    }
    if (now.begun().contains(wanted) && statement.option().equals(Optional.of(Option.B))) {
      return RestoreRules.whyNot(now, input.flight().deploy(wanted), statement, now())
          .or(() -> second ? RestoreRules.firstPerson(now, statement.person()) : Optional.empty());
    }
    if (now.begun().contains(wanted) && statement.option().equals(Optional.of(Option.QUICK))) {
      return QuickRules.whyNot(now, input.flight().deploy(wanted));
    }
    return now.begun().contains(wanted)
        ? Optional.empty()
        : Optional.of(
            "nothing has been applied in "
                + wanted
                + "; name the environment to take back: "
                + String.join(", ", now.begun()));
  }

  /** Where a rollback is meant that names no environment. */
  private String place() {
    return takenBack.isEmpty() ? state.get().environment() : takenBack;
  }

  private void take(Action action, @Nullable SignedStatement signed, Source source) {
    Optional<Statement> statement = verifier.verified(signed);
    statement.ifPresent(s -> nonces.add(s.nonce()));
    String person = statement.map(Statement::person).orElse(UNKNOWN);
    String reason = statement.map(Statement::reason).orElse("no reason given");
    if (action == Action.SIGN_OFF && statement.isPresent() && signed != null) {
      signOff(statement.get(), signed, source);
      return;
    }
    Optional<String> environment = statement.flatMap(Statement::environment);
    recorder.record(new Event.ActAccepted(action, person, reason, environment, source));
    switch (action) {
      case ABORT -> stop = Stop.abort("aborted by " + person + ": " + reason);
      case ROLLBACK -> {
        Option option = statement.flatMap(Statement::option).orElse(Option.A);
        restore = option == Option.B ? signed : null;
        stop =
            Stop.rollback(
                environment.orElseGet(this::place),
                option,
                "asked for by " + person + ": " + reason);
      }
      // A pause that was only asked for is taken back by the journal's entry alone.
      case RESUME, RETRY -> answer = waiting ? action : null;
      case ACKNOWLEDGE -> {
        answer = waiting ? action : null;
        if (state.get().status() == Status.WATCHING) {
          recorder.record(new Event.CustomerReports(person, reason));
        }
      }
      case EXTEND -> statement.ifPresent(s -> extension.carryOut(s, person + ": " + reason));
      default -> {}
    }
  }

  private void signOff(Statement statement, SignedStatement signed, Source source) {
    PromotionState now = state.get();
    approvals.computeIfAbsent(now.environment(), e -> new ArrayList<>()).add(signed);
    recorder.record(
        new Event.SignedOff(
            now.stage(),
            statement.role().orElse(""),
            statement.person(),
            statement.decision().orElseThrow(),
            statement.reason(),
            statement.evidence().orElse(""),
            source,
            signed));
  }

  private void refuse(Action action, @Nullable SignedStatement signed, String whyNot) {
    refusals++;
    if (refusals <= TOLD_REFUSALS) {
      String person = verifier.verified(signed).map(Statement::person).orElse(UNKNOWN);
      String counted =
          refusals == TOLD_REFUSALS ? "; further refusals of this promotion are not told" : "";
      recorder.record(new Event.ActRefused(action, person, whyNot + counted, Source.TEMPORAL));
    }
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
