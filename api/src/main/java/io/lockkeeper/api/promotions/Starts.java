package io.lockkeeper.api.promotions;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.lockkeeper.activity.Payloads;
import io.lockkeeper.api.auth.Caller;
import io.lockkeeper.api.changes.ChangeStore;
import io.lockkeeper.api.environments.EnvironmentStore;
import io.lockkeeper.api.policy.Policy;
import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.change.Adjustment;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.environment.EnvironmentFacts;
import io.lockkeeper.environment.EnvironmentFacts.TargetFacts;
import io.lockkeeper.environment.TargetIdentity;
import io.lockkeeper.json.Json;
import io.lockkeeper.plan.Flight;
import io.lockkeeper.plan.FlightPlanner;
import io.lockkeeper.plan.FlightRefused;
import io.lockkeeper.plan.Overrides;
import io.lockkeeper.promotion.Launch;
import io.lockkeeper.promotion.PromotionFold;
import io.lockkeeper.promotion.PromotionInput;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.promotion.PromotionWorkflow;
import io.lockkeeper.promotion.Requests;
import io.lockkeeper.promotion.StageState;
import io.lockkeeper.promotion.StageState.StageStatus;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.signoff.SignedStatement;
import io.lockkeeper.signoff.SigningKey;
import io.lockkeeper.signoff.Statement;
import io.lockkeeper.signoff.Statement.TargetGrant;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowServiceException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts promotions: plans the flight, signs the start, and hands it to Temporal. */
final class Starts {
  private static final Logger LOG = LoggerFactory.getLogger(Starts.class);

  /** How long a signed start lets work in; the whole flight fits well. */
  private static final Duration START_VALID = Duration.ofDays(60);

  /** Promotions of a required change, the newest first. */
  private static final int LOOKED_AT = 500;

  private final PromotionStore store;
  private final ChangeStore changes;
  private final EnvironmentStore environments;
  private final Policy policy;
  private final SigningKey key;
  private final WorkflowClient client;

  Starts(
      PromotionStore store,
      ChangeStore changes,
      EnvironmentStore environments,
      Policy policy,
      SigningKey key,
      WorkflowClient client) {
    this.store = store;
    this.changes = changes;
    this.environments = environments;
    this.policy = policy;
    this.key = key;
    this.client = client;
  }

  /** A start, new or asked for before. */
  record Started(String id, boolean replayed) {}

  Started start(Caller caller, StartRequest request, Optional<String> idempotencyKey) {
    if (!caller.acts() || !caller.has(Caller.RELEASE_MANAGER)) {
      throw ProblemException.forbidden(
          caller.person() + " lacks the role release-manager, and only a release manager starts");
    }
    String body = Sha256.hex(Json.canonical(request));
    Optional<PromotionStore.Before> before =
        idempotencyKey.flatMap(k -> store.before(caller.person(), k));
    if (before.isPresent()) {
      return replay(before.get(), body);
    }
    PromotionInput input = input(caller, request);
    store.create(
        input, PromotionFold.start(input.requested(), input.requestedAt()), idempotencyKey, body);
    launch(input);
    return new Started(input.id(), false);
  }

  /** Starts the workflows of promotions of which nobody knows whether they were started. */
  void startDoubtful() {
    for (PromotionStore.Row row : store.open()) {
      if (!row.started()) {
        LOG.info("starting {}, of which nobody knew whether it was started", row.id());
        launch(row.input());
      }
    }
  }

  private Started replay(PromotionStore.Before before, String body) {
    if (!before.bodyHash().equals(body)) {
      throw ProblemException.unprocessable(
          "idempotency-key",
          "this Idempotency-Key was used for another request: it started " + before.promotion());
    }
    store.find(before.promotion()).filter(row -> !row.started()).ifPresent(r -> launch(r.input()));
    return new Started(before.promotion(), true);
  }

  private PromotionInput input(Caller caller, StartRequest request) {
    ChangeStore.Stored change =
        changes
            .find(request.changeOrRefuse())
            .orElseThrow(
                () ->
                    ProblemException.notFound(
                        "no change \"" + request.change() + "\": push it first"));
    Bundle bundle = changes.bundle(change.hash());
    Overrides overrides = request.parsedOverrides();
    Map<String, EnvironmentFacts> present = environments.present();
    Flight flight = flight(bundle, present, overrides, request.selected());
    refuseWithoutConfirmation(flight, present, request);
    Set<String> barred = new HashSet<>(List.of(caller.person(), change.pushedBy()));
    HouseRules.refuse(policy, bundle.change(), flight, barred, present);
    RequiredChanges.refuse(bundle.change(), flight, this::promotionsOf);
    refuseUnexplained(change);
    StatementRules.refuse(policy, bundle, flight, present);
    List<TargetGrant> grants = grants(flight, present);
    refuseTaken(flight, grants);
    String id = store.nextId(change.name());
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    SignedStatement statement =
        key.sign(
            new Statement(
                Action.PROMOTE,
                id,
                change.hash(),
                grants,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                caller.person(),
                Optional.empty(),
                request.reasonOrRefuse(),
                Optional.empty(),
                Optional.empty(),
                flight.shortened(),
                now,
                now.plus(START_VALID),
                UUID.randomUUID().toString(),
                Adjustment.NONE));
    PromotionInput input =
        new PromotionInput(
            id,
            change.hash(),
            Requests.requested(
                bundle, flight, request.reasonOrRefuse(), caller.person(), overrides, statement),
            now,
            flight,
            statement,
            Set.of(key.publicKey()),
            change.pushedBy());
    refuseTooLarge(input);
    return input;
  }

  private List<RequiredChanges.Flown> promotionsOf(String change) {
    return store
        .list(Optional.empty(), Optional.empty(), Optional.of(change), Long.MAX_VALUE, LOOKED_AT)
        .stream()
        .map(
            row ->
                new RequiredChanges.Flown(
                    row.id(), row.state().status(), row.input().flight().environments()))
        .toList();
  }

  /** What was rolled back is not tried again before somebody has written why. */
  private void refuseUnexplained(ChangeStore.Stored change) {
    store
        .list(
            Optional.empty(),
            Optional.empty(),
            Optional.of(change.name()),
            Long.MAX_VALUE,
            LOOKED_AT)
        .stream()
        .filter(row -> row.input().change().equals(change.hash()))
        .filter(row -> row.state().rootCauseOpen())
        .findFirst()
        .ifPresent(
            row -> {
              throw ProblemException.conflict(
                  "root-cause-open",
                  row.id()
                      + " of this very change ended as "
                      + row.state().status()
                      + ", and nobody has written why. Write it: lockkeeper acknowledge "
                      + row.id()
                      + " --reason '...'. Or push a change that is mended");
            });
  }

  private Flight flight(
      Bundle bundle,
      Map<String, EnvironmentFacts> present,
      Overrides overrides,
      List<String> selected) {
    try {
      return FlightPlanner.plan(bundle, present, overrides, selected, policy.rehearsedBefore());
    } catch (FlightRefused e) {
      throw ProblemException.unprocessable("flight-refused", e.text());
    }
  }

  private static void refuseWithoutConfirmation(
      Flight flight, Map<String, EnvironmentFacts> present, StartRequest request) {
    for (String environment : flight.environments()) {
      EnvironmentFacts facts = present.get(environment);
      if (facts != null && facts.production() && !request.confirms(environment)) {
        throw ProblemException.unprocessable(
            "confirm",
            environment
                + " asks for its name to be typed: set \"confirm\" to it, and to a list of names for"
                + " more than one such environment");
      }
    }
  }

  private static List<TargetGrant> grants(Flight flight, Map<String, EnvironmentFacts> present) {
    List<TargetGrant> grants = new ArrayList<>();
    for (String environment : flight.environments()) {
      String name = flight.deploy(environment).target();
      Optional<TargetFacts> target =
          Optional.ofNullable(present.get(environment)).flatMap(facts -> facts.target(name));
      TargetIdentity identity =
          target
              .flatMap(TargetFacts::identity)
              .orElseThrow(
                  () ->
                      ProblemException.unprocessable(
                          "target-unreachable",
                          "the target "
                              + name
                              + " of "
                              + environment
                              + " cannot be reached by its worker: "
                              + target.flatMap(TargetFacts::problem).orElse("no reason given")
                              + ". Nothing was started. Bring it back and start again"));
      grants.add(new TargetGrant(environment, name, identity, flight.roles(environment)));
    }
    return grants;
  }

  /** A target that another promotion holds or observes is taken. */
  private void refuseTaken(Flight flight, List<TargetGrant> grants) {
    for (PromotionStore.Row other : store.open()) {
      for (StageState stage : other.state().stages()) {
        if (!takes(other.state(), stage)) {
          continue;
        }
        Optional<TargetIdentity> held = identity(other.input(), stage.environment());
        for (TargetGrant grant : grants) {
          if (held.equals(Optional.of(grant.identity()))
              && flight.environments().contains(grant.environment())) {
            throw ProblemException.conflict(
                "target-taken",
                "the target "
                    + grant.target()
                    + " of "
                    + grant.environment()
                    + " is taken by "
                    + other.id()
                    + " ("
                    + other.state().status()
                    + ", "
                    + stage.name()
                    + "). Wait for its end, or abort it");
          }
        }
      }
    }
  }

  /**
   * A stage under way; and whatever was applied, while it is taken back or a person decides on it.
   */
  private static boolean takes(PromotionState state, StageState stage) {
    return stage.status() == StageStatus.IN_PROGRESS
        || (state.status().undecided() && state.begun().contains(stage.environment()));
  }

  private static Optional<TargetIdentity> identity(PromotionInput input, String environment) {
    Statement statement =
        Json.read(Base64.getDecoder().decode(input.statement().statement()), Statement.class);
    return statement.grant(environment).map(TargetGrant::identity);
  }

  private static void refuseTooLarge(PromotionInput input) {
    int size = Json.canonical(input).length;
    if (size > Payloads.MAX_BYTES) {
      throw ProblemException.unprocessable(
          "change-too-large",
          "the flight has "
              + size
              + " bytes (limit "
              + Payloads.MAX_BYTES
              + "): split the change into smaller ones");
    }
  }

  private void launch(PromotionInput input) {
    PromotionWorkflow workflow =
        client.newWorkflowStub(PromotionWorkflow.class, Launch.options(input));
    try {
      WorkflowClient.start(workflow::run, input);
    } catch (WorkflowExecutionAlreadyStarted e) {
      LOG.debug("{} runs already", input.id());
    } catch (WorkflowServiceException e) {
      boolean doubtful =
          e.getCause() instanceof StatusRuntimeException status
              && status.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED;
      if (doubtful) {
        throw ProblemException.unavailable(
            "temporal-slow",
            "starting "
                + input.id()
                + ": Temporal did not answer in time, so it may have started. Ask again with the"
                + " same Idempotency-Key");
      }
      store.forgetUnbegun(input.id());
      throw ProblemException.unavailable(
          "temporal-unreachable",
          "starting "
              + input.id()
              + ": Temporal does not answer. Nothing was started. Bring it back and start again");
    }
    store.started(input.id());
  }
}
