package io.lockkeeper.api.promotions;

import io.dropwizard.auth.Auth;
import io.lockkeeper.api.auth.Caller;
import io.lockkeeper.api.journal.JournalStore;
import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.journal.Status;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.signoff.Action;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Promotions: started, listed, shown, acted on. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "promotions")
public final class PromotionsResource {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(55);
  private static final int PAGE = 50;

  private final PromotionStore store;
  private final Starts starts;
  private final ActService acts;
  private final ProgressReader progress;
  private final JournalStore journal;

  PromotionsResource(
      PromotionStore store,
      Starts starts,
      ActService acts,
      ProgressReader progress,
      JournalStore journal) {
    this.store = store;
    this.starts = starts;
    this.acts = acts;
    this.progress = progress;
    this.journal = journal;
  }

  /** A page of a list; without a cursor it was the last. */
  record Page(List<PromotionView> items, Optional<String> nextCursor) {}

  @POST
  @Path("/promotions")
  @Operation(summary = "Start a promotion")
  public Response start(
      @Parameter(hidden = true) @Auth Caller caller,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @Nullable StartRequest request) {
    if (request == null) {
      throw ProblemException.unprocessable("missing-body", "the body is empty");
    }
    Starts.Started started = starts.start(caller, request, Optional.ofNullable(key));
    Response.ResponseBuilder response = Response.status(201).entity(view(started.id()));
    return started.replayed()
        ? response.header("Idempotency-Replayed", "true").build()
        : response.build();
  }

  @GET
  @Path("/promotions")
  @Operation(summary = "List promotions, newest first")
  public Response list(
      @Parameter(hidden = true) @Auth Caller caller,
      @QueryParam("status") @Nullable String status,
      @QueryParam("environment") @Nullable String environment,
      @QueryParam("change") @Nullable String change,
      @QueryParam("cursor") @Nullable String cursor) {
    List<PromotionStore.Row> rows =
        store.list(
            Optional.ofNullable(status).map(PromotionsResource::status),
            Optional.ofNullable(environment),
            Optional.ofNullable(change),
            before(cursor),
            PAGE);
    Optional<String> next =
        rows.size() == PAGE
            ? Optional.of(Long.toString(rows.get(rows.size() - 1).place()))
            : Optional.empty();
    List<PromotionView> items =
        rows.stream().map(row -> PromotionView.of(row, Live.NOTHING)).toList();
    return Response.ok(new Page(items, next)).build();
  }

  @GET
  @Path("/promotions/{id}")
  @Operation(summary = "Show a promotion, at once or once it waits for a sign-off or has ended")
  public Response show(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("id") String id,
      @QueryParam("wait_for") @Nullable String waitFor,
      @QueryParam("timeout") @DefaultValue("55s") String timeout) {
    if (waitFor != null) {
      await(id, waitFor, patience(timeout));
    }
    return Response.ok(view(id)).build();
  }

  @POST
  @Path("/promotions/{id}/sign-offs")
  @Operation(summary = "Approve or refuse in a role, for the evidence that was read")
  public Response signOff(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("id") String id,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @QueryParam("deliver") @DefaultValue("true") boolean deliver,
      @Nullable ActRequest request) {
    if (!deliver) {
      return Response.status(201).entity(acts.issue(caller, id, body(request))).build();
    }
    acts.signOff(caller, id, body(request), key(key));
    return Response.status(201).entity(view(id)).build();
  }

  @POST
  @Path("/promotions/{id}/pause")
  @Operation(summary = "Stop at the next safe point")
  public Response pause(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("id") String id,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @Nullable ActRequest request) {
    return act(caller, id, Action.PAUSE, request, key);
  }

  @POST
  @Path("/promotions/{id}/resume")
  @Operation(summary = "Go on after a pause")
  public Response resume(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("id") String id,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @Nullable ActRequest request) {
    return act(caller, id, Action.RESUME, request, key);
  }

  @POST
  @Path("/promotions/{id}/retry")
  @Operation(summary = "Try again what failed")
  public Response retry(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("id") String id,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @Nullable ActRequest request) {
    return act(caller, id, Action.RETRY, request, key);
  }

  @POST
  @Path("/promotions/{id}/abort")
  @Operation(summary = "Stop for good; what stays is listed")
  public Response abort(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("id") String id,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @Nullable ActRequest request) {
    return act(caller, id, Action.ABORT, request, key);
  }

  @POST
  @Path("/promotions/{id}/rollback")
  @Operation(
      summary =
          "Take back what was applied in an environment; with back, undo a rollback by option B")
  public Response rollback(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("id") String id,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @Nullable ActRequest request) {
    if (body(request).swapsBack()) {
      acts.swapBack(caller, id, body(request));
      return Response.status(202).entity(view(id)).build();
    }
    return act(caller, id, Action.ROLLBACK, request, key);
  }

  @POST
  @Path("/promotions/{id}/extend")
  @Operation(
      summary =
          "Let a soak or watch last longer, set the pace between sections, or add limits to the guard")
  public Response extend(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("id") String id,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @Nullable ActRequest request) {
    return act(caller, id, Action.EXTEND, request, key);
  }

  @POST
  @Path("/promotions/{id}/acknowledge")
  @Operation(summary = "Accept what is inconclusive, with a reason")
  public Response acknowledge(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("id") String id,
      @HeaderParam("Idempotency-Key") @Nullable String key,
      @Nullable ActRequest request) {
    return act(caller, id, Action.ACKNOWLEDGE, request, key);
  }

  private Response act(
      Caller caller, String id, Action action, @Nullable ActRequest request, @Nullable String key) {
    acts.act(caller, id, action, body(request), key(key));
    return Response.status(202).entity(view(id)).build();
  }

  private PromotionView view(String id) {
    PromotionStore.Row row = row(id);
    boolean runs = !row.state().status().ended() && row.state().status() != Status.NOT_STARTED;
    Live now = runs ? progress.of(id) : Live.NOTHING;
    return PromotionView.of(row, now);
  }

  private void await(String id, String waitFor, Duration patience) {
    if (!List.of("sign_off", "ended").contains(waitFor)) {
      throw ProblemException.unprocessable("bad-wait_for", "wait_for is sign_off or ended");
    }
    long giveUp = System.nanoTime() + patience.toNanos();
    PromotionStore.Row row = row(id);
    while (!reached(row.state(), waitFor) && System.nanoTime() < giveUp) {
      Duration left = Duration.ofNanos(Math.max(1, giveUp - System.nanoTime()));
      journal.awaitMore(id, row.chainLength(), left);
      row = row(id);
    }
  }

  /** An end is an end also for who waits for a sign-off that will not come. */
  private static boolean reached(PromotionState state, String waitFor) {
    return state.status().ended()
        || (waitFor.equals("sign_off") && state.status() == Status.AWAITING_SIGN_OFF);
  }

  private PromotionStore.Row row(String id) {
    return store
        .find(id)
        .orElseThrow(() -> ProblemException.notFound("no promotion \"" + id + "\""));
  }

  private static ActRequest body(@Nullable ActRequest request) {
    if (request == null) {
      throw ProblemException.unprocessable("missing-body", "the body is empty");
    }
    return request;
  }

  private static String key(@Nullable String key) {
    return key == null ? UUID.randomUUID().toString() : key;
  }

  private static Duration patience(String timeout) {
    try {
      Duration wanted = Durations.parse(timeout);
      return wanted.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wanted;
    } catch (IllegalArgumentException e) {
      throw ProblemException.unprocessable("bad-timeout", String.valueOf(e.getMessage()));
    }
  }

  private static String status(String word) {
    try {
      return Status.valueOf(word).name();
    } catch (IllegalArgumentException e) {
      throw ProblemException.unprocessable(
          "bad-status", "\"" + word + "\" is not one of " + List.of(Status.values()));
    }
  }

  private static long before(@Nullable String cursor) {
    if (cursor == null) {
      return Long.MAX_VALUE;
    }
    try {
      return Long.parseLong(cursor);
    } catch (NumberFormatException e) {
      throw ProblemException.unprocessable("bad-cursor", "take next_cursor of the page before");
    }
  }
}
