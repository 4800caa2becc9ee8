package io.lockkeeper.api.promotions;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.lockkeeper.api.auth.Caller;
import io.lockkeeper.api.changes.ChangeStore;
import io.lockkeeper.api.environments.EnvironmentStore;
import io.lockkeeper.api.journal.JournalStore;
import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.change.Adjustment;
import io.lockkeeper.change.Change;
import io.lockkeeper.change.RestoreRule;
import io.lockkeeper.change.TriggerLine;
import io.lockkeeper.environment.EnvironmentFacts;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Source;
import io.lockkeeper.promotion.ActReply;
import io.lockkeeper.promotion.AllowedAction;
import io.lockkeeper.promotion.FollowUpOrder;
import io.lockkeeper.promotion.FollowUpState;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.promotion.RestoreRules;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.signoff.SigningKey;
import io.lockkeeper.signoff.Statement;
import io.lockkeeper.signoff.Statement.Decision;
import io.lockkeeper.signoff.Statement.Observing;
import io.lockkeeper.signoff.Statement.Option;
import io.lockkeeper.stage.StagePlan;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.WorkflowUpdateHandle;
import io.temporal.client.WorkflowUpdateStage;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Acts of people on promotions: signs them for who is logged in, delivers them to the workflow, and
 * waits until they are journaled. Every act that is refused is journaled too.
 */
final class ActService {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration VALID = Duration.ofDays(7);

  private final PromotionStore store;
  private final JournalStore journal;
  private final EnvironmentStore environments;
  private final ChangeStore changes;
  private final SigningKey key;
  private final WorkflowClient client;
  private final SwapBacks swaps;

  ActService(
      PromotionStore store,
      JournalStore journal,
      EnvironmentStore environments,
      ChangeStore changes,
      SigningKey key,
      WorkflowClient client) {
    this.store = store;
    this.journal = journal;
    this.environments = environments;
    this.changes = changes;
    this.key = key;
    this.client = client;
    this.swaps = new SwapBacks(client);
  }

  /** A statement that was signed and not delivered. */
  record Issued(SignedStatement statement) {}

  void act(Caller caller, String promotion, Action action, ActRequest request, String idempotency) {
    PromotionStore.Row row = row(promotion);
    refuseWhoCannotAct(caller, row, action);
    Optional<String> environment = Optional.ofNullable(request.environment());
    confirm(environment.orElse(row.state().environment()), action, request);
    Optional<Option> option =
        action == Action.ROLLBACK ? request.optionOrRefuse() : Optional.empty();
    Optional<Duration> by = action == Action.EXTEND ? request.extension() : Optional.empty();
    Adjustment adjusts = action == Action.EXTEND ? request.adjustment() : Adjustment.NONE;
    Observing observes =
        action == Action.EXTEND
            ? request.observing(text -> TriggerLine.parse(change(row), text))
            : Observing.NONE;
    boolean restores = option.equals(Optional.of(Option.B));
    String place = environment.orElse(row.state().environment());
    Optional<String> role = restores ? restorer(caller, row, place) : Optional.empty();
    Statement statement =
        statement(
                row,
                caller,
                action,
                request.reasonOrRefuse(),
                restores ? Optional.of(place) : environment,
                Optional.empty(),
                role,
                Optional.empty(),
                option,
                by)
            .adjusting(adjusts)
            .observing(observes);
    if (row.state().status().ended() && action == Action.ABORT) {
      // Abort on what has ended changes nothing and is no fault.
      return;
    }
    if (action == Action.ACKNOWLEDGE && FollowUpRules.concerns(row.state(), request.followUp())) {
      followUp(caller, row, statement, request.followUp(), idempotency);
      return;
    }
    if (row.state().status().ended() && action == Action.ACKNOWLEDGE) {
      explain(row, statement);
      return;
    }
    deliver(row, statement, idempotency);
  }

  private Change change(PromotionStore.Row row) {
    return changes.bundle(row.input().change()).change();
  }

  /**
   * After a rollback by option B the database from before takes its place again. Asked for in a
   * role of option B: what was written since is lost by it.
   */
  void swapBack(Caller caller, String promotion, ActRequest request) {
    PromotionStore.Row row = row(promotion);
    refuseWhoCannotAct(caller, row, Action.SWAP_BACK);
    String environment =
        Optional.ofNullable(request.environment()).orElse(row.state().environment());
    confirm(environment, Action.SWAP_BACK, request);
    Optional<StagePlan.Deploy> stage = deploy(row, environment);
    Optional<String> role =
        stage.isPresent() ? restorer(caller, row, environment) : Optional.empty();
    Statement statement =
        statement(
            row,
            caller,
            Action.SWAP_BACK,
            request.reasonOrRefuse(),
            Optional.of(environment),
            Optional.empty(),
            role,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    if (stage.isEmpty() || role.isEmpty()) {
      throw refuse(promotion, statement, "there is no option B in " + environment);
    }
    if (!row.state().status().ended()) {
      throw refuse(promotion, statement, "the promotion is not over");
    }
    RestoreRules.firstPerson(row.state(), caller.person())
        .ifPresent(why -> refuse(promotion, statement, why));
    swaps
        .run(row, stage.get(), statement, key.sign(statement))
        .ifPresent(why -> refuse(promotion, statement, why));
  }

  private static Optional<StagePlan.Deploy> deploy(PromotionStore.Row row, String environment) {
    return row.input().flight().stages().stream()
        .filter(StagePlan.Deploy.class::isInstance)
        .map(StagePlan.Deploy.class::cast)
        .filter(stage -> stage.environment().equals(environment))
        .findFirst();
  }

  /** Confirmed, or taken over, by somebody in its role. */
  private void followUp(
      Caller caller,
      PromotionStore.Row row,
      Statement statement,
      @Nullable String name,
      String idempotency) {
    FollowUpState asked =
        FollowUpRules.find(row.state(), name)
            .orElseThrow(
                () -> refuse(row.id(), statement, FollowUpRules.whyNot(row.state(), name)));
    if (!caller.has(asked.role())) {
      String why = caller.person() + " does not have the role " + asked.role();
      refused(row.id(), Action.ACKNOWLEDGE, caller.person(), why);
      throw ProblemException.forbidden(why);
    }
    deliver(
        row,
        statement.about(asked.role(), asked.name()),
        new Receiver(FollowUpOrder.workflow(row.id()), FollowUpOrder.STAGE),
        idempotency);
  }

  /** What caused a rollback is written after the workflow has ended, so the API writes it. */
  private void explain(PromotionStore.Row row, Statement statement) {
    if (row.state().rootCause().filter(statement.reason()::equals).isPresent()) {
      return;
    }
    AllowedAction allowed = AllowedAction.of(row.state(), Action.ACKNOWLEDGE);
    if (!row.state().rootCauseOpen()) {
      refuse(row.id(), statement, allowed.whyNot().orElse("it has ended"));
    }
    journal.append(row.id(), new Event.RootCause(statement.person(), statement.reason()));
  }

  /**
   * The role in which somebody has a backup restored; nothing where there is none to restore, which
   * the workflow says.
   */
  private Optional<String> restorer(Caller caller, PromotionStore.Row row, String environment) {
    Optional<List<String>> roles =
        deploy(row, environment).flatMap(StagePlan.Deploy::restoreRule).map(RestoreRule::roles);
    Optional<String> role = roles.flatMap(r -> r.stream().filter(caller::has).findFirst());
    if (roles.isPresent() && role.isEmpty()) {
      String why = RestoreRules.refused(caller.person(), roles.get());
      refused(row.id(), Action.ROLLBACK, caller.person(), why);
      throw ProblemException.forbidden(why);
    }
    return role;
  }

  /** A sign-off, delivered. */
  void signOff(Caller caller, String promotion, ActRequest request, String idempotency) {
    PromotionStore.Row row = row(promotion);
    deliver(row, signOffStatement(caller, row, request), idempotency);
  }

  /** A sign-off, signed and given to its person instead of being delivered. */
  Issued issue(Caller caller, String promotion, ActRequest request) {
    PromotionStore.Row row = row(promotion);
    Statement statement = signOffStatement(caller, row, request);
    journal.append(
        promotion,
        new Event.StatementIssued(
            Action.SIGN_OFF, caller.person(), statement.role().orElse(""), statement.nonce()));
    return new Issued(key.sign(statement));
  }

  private Statement signOffStatement(Caller caller, PromotionStore.Row row, ActRequest request) {
    String role = request.roleOrRefuse();
    Decision decision = request.decisionOrRefuse();
    refuseWhoCannotAct(caller, row, Action.SIGN_OFF);
    if (!caller.has(role)) {
      String why = caller.person() + " does not have the role " + role;
      refused(row.id(), Action.SIGN_OFF, caller.person(), why);
      throw ProblemException.forbidden(why);
    }
    confirm(row.state().environment(), Action.SIGN_OFF, request);
    return statement(
        row,
        caller,
        Action.SIGN_OFF,
        Optional.ofNullable(request.comment()).orElse(""),
        Optional.of(row.state().environment()),
        Optional.of(request.evidenceOrRefuse()),
        Optional.of(role),
        Optional.of(decision),
        Optional.empty(),
        Optional.empty());
  }

  private void refuseWhoCannotAct(Caller caller, PromotionStore.Row row, Action action) {
    if (!caller.acts()) {
      String why = caller.person() + " has no role that acts on promotions";
      refused(row.id(), action, caller.person(), why);
      throw ProblemException.forbidden(why);
    }
  }

  /** What concerns production is typed, not clicked; stopping never is. */
  private void confirm(String environment, Action action, ActRequest request) {
    EnvironmentFacts facts = environments.present().get(environment);
    boolean asks = facts != null && facts.production() && !action.safe();
    if (asks && !environment.equals(request.confirm())) {
      throw ProblemException.unprocessable(
          "confirm", environment + " asks for its name to be typed: set \"confirm\" to it");
    }
  }

  private static Statement statement(
      PromotionStore.Row row,
      Caller caller,
      Action action,
      String reason,
      Optional<String> environment,
      Optional<String> evidence,
      Optional<String> role,
      Optional<Decision> decision,
      Optional<Option> option,
      Optional<Duration> by) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    return new Statement(
        action,
        row.id(),
        row.input().change(),
        List.of(),
        environment,
        evidence,
        role,
        caller.person(),
        decision,
        reason,
        option,
        by,
        false,
        now,
        now.plus(VALID),
        UUID.randomUUID().toString(),
        Adjustment.NONE);
  }

  /** A workflow that takes acts, and the name under which it writes into the journal. */
  private record Receiver(String workflow, String writer) {}

  private void deliver(PromotionStore.Row row, Statement statement, String idempotency) {
    deliver(row, statement, new Receiver(row.id(), "promotion"), idempotency);
  }

  private void deliver(
      PromotionStore.Row row, Statement statement, Receiver receiver, String idempotency) {
    AllowedAction allowed = AllowedAction.of(row.state(), statement.action());
    if (row.state().status().ended() && !allowed.allowed()) {
      refuse(row.id(), statement, allowed.whyNot().orElse("it has ended"));
    }
    ActReply reply = update(row, statement, receiver, idempotency);
    if (!journal.await(row.id(), receiver.writer(), reply.sequence(), PATIENCE)) {
      throw ProblemException.unavailable(
          "not-journaled",
          "the act was taken and is not journaled yet: look again with the same Idempotency-Key");
    }
  }

  /** A key counts for one act of one person: Temporal answers a known id with what it said then. */
  private static String updateId(Statement statement, String idempotency) {
    String scope =
        String.join(
            "\n",
            statement.person(),
            statement.action().word(),
            statement.role().orElse(""),
            statement.environment().orElse(""),
            statement.option().map(Option::name).orElse(""),
            statement.followUp().orElse(""),
            idempotency);
    return Sha256.hex(scope.getBytes(UTF_8));
  }

  private ActReply update(
      PromotionStore.Row row, Statement statement, Receiver receiver, String idempotency) {
    WorkflowStub workflow = client.newUntypedWorkflowStub(receiver.workflow());
    try {
      WorkflowUpdateHandle<ActReply> handle =
          workflow.startUpdate(
              UpdateOptions.newBuilder(ActReply.class)
                  .setUpdateName(statement.action().word())
                  .setUpdateId(updateId(statement, idempotency))
                  .setWaitForStage(WorkflowUpdateStage.ACCEPTED)
                  .build(),
              key.sign(statement));
      CompletableFuture<ActReply> result = handle.getResultAsync();
      return result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (WorkflowUpdateException e) {
      throw refuse(row.id(), statement, reason(e));
    } catch (WorkflowNotFoundException e) {
      throw refuse(row.id(), statement, notThere(row(row.id()).state(), statement));
    } catch (WorkflowServiceException e) {
      throw unavailable(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof WorkflowUpdateException refused) {
        throw refuse(row.id(), statement, reason(refused));
      }
      throw unavailable(e);
    } catch (TimeoutException e) {
      throw unavailable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(e);
    }
  }

  /** Why the workflow that would take it is not there. */
  private static String notThere(PromotionState now, Statement statement) {
    Optional<String> followUp = statement.followUp();
    if (followUp.isPresent()) {
      return FollowUpRules.find(now, followUp.get()).isPresent()
          ? "the follow-ups are not begun yet: ask again in a moment; where they never are, Temporal"
              + " does not know their workflow any more"
          : FollowUpRules.whyNot(now, followUp.get());
    }
    return now.status().ended()
        ? "the promotion has ended: it is " + now.status()
        : "Temporal does not know the promotion";
  }

  /** Journals the refusal and makes the answer of it. */
  private ProblemException refuse(String promotion, Statement statement, String why) {
    refused(promotion, statement.action(), statement.person(), why);
    throw ProblemException.conflict("not-allowed", why);
  }

  private void refused(String promotion, Action action, String person, String why) {
    journal.append(promotion, new Event.ActRefused(action, person, why, Source.API));
  }

  private static String reason(WorkflowUpdateException e) {
    Throwable cause = e;
    while (cause != null) {
      if (cause instanceof ApplicationFailure failure) {
        return failure.getOriginalMessage();
      }
      cause = cause.getCause();
    }
    return "the workflow refused it";
  }

  private static ProblemException unavailable(Exception e) {
    boolean away =
        e.getCause() instanceof StatusRuntimeException status
            && status.getStatus().getCode() == Status.Code.UNAVAILABLE;
    return ProblemException.unavailable(
        "temporal-unreachable",
        (away ? "Temporal does not answer" : "no engine has taken the act yet")
            + ". It may be taken later: ask again with the same Idempotency-Key");
  }

  private PromotionStore.Row row(String promotion) {
    return store
        .find(promotion)
        .orElseThrow(() -> ProblemException.notFound("no promotion \"" + promotion + "\""));
  }
}
