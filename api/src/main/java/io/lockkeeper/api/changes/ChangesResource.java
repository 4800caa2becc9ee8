package io.lockkeeper.api.changes;

import io.dropwizard.auth.Auth;
import io.lockkeeper.api.auth.Caller;
import io.lockkeeper.api.environments.EnvironmentStore;
import io.lockkeeper.api.policy.Policy;
import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.BundleFiles;
import io.lockkeeper.change.ChangeReader;
import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.plan.ChangePlan;
import io.lockkeeper.plan.ChangePlan.Looked;
import io.lockkeeper.plan.FlightRefused;
import io.lockkeeper.promotion.Known;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.temporal.client.WorkflowClient;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Changes: pushed as a tar.gz of a bundle, listed, shown, planned. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "changes")
public final class ChangesResource {
  private static final int PAGE = 50;

  private final ChangeStore store;
  private final EnvironmentStore environments;
  private final Policy policy;
  private final TargetSurveys surveys;
  private final Function<ChangeStore.Stored, List<Known>> measured;

  /**
   * @param measured what promotions of a change have told of it, the newest first
   */
  public ChangesResource(
      ChangeStore store,
      EnvironmentStore environments,
      Policy policy,
      WorkflowClient client,
      Function<ChangeStore.Stored, List<Known>> measured) {
    this.store = store;
    this.measured = measured;
    this.policy = policy;
    this.environments = environments;
    this.surveys = new TargetSurveys(client);
  }

  /** A change in answers. */
  record ChangeView(
      String hash,
      String name,
      String why,
      List<String> sections,
      List<Finding> findings,
      String pushedBy,
      Instant pushedAt) {}

  /** A page of a list; without a cursor it was the last. */
  record Page(List<ChangeView> items, Optional<String> nextCursor) {}

  @POST
  @Path("/changes")
  @Consumes("application/gzip")
  @Operation(summary = "Push a bundle: it is linted and kept")
  public Response push(@Parameter(hidden = true) @Auth Caller caller, byte @Nullable [] archive) {
    if (!caller.acts() && !caller.administers() && caller.kind() != Caller.Kind.SERVICE) {
      throw ProblemException.forbidden(caller.person() + " has no role");
    }
    Findings findings = new Findings();
    SortedMap<String, byte[]> files =
        BundleFiles.ofArchive(archive == null ? new byte[0] : archive, findings);
    Optional<Bundle> bundle = ChangeReader.read(files, findings);
    findings.explain(policy.statements()::judge);
    if (bundle.isEmpty() || findings.hasErrors()) {
      throw ProblemException.findings(findings.all());
    }
    ChangeStore.Stored stored = store.keep(bundle.get(), findings.all(), caller.person());
    return Response.status(201).entity(view(stored, bundle.get())).build();
  }

  @GET
  @Path("/changes")
  @Operation(summary = "List changes, newest first")
  public Response list(
      @Parameter(hidden = true) @Auth Caller caller,
      @QueryParam("cursor") @Nullable String cursor) {
    List<ChangeStore.Stored> changes = store.list(before(cursor), PAGE);
    Optional<String> next =
        changes.size() == PAGE
            ? Optional.of(Long.toString(changes.get(changes.size() - 1).place()))
            : Optional.empty();
    return Response.ok(
            new Page(changes.stream().map(c -> view(c, store.bundle(c.hash()))).toList(), next))
        .build();
  }

  @GET
  @Path("/changes/{hash}")
  @Operation(summary = "Show a change, by hash or by name")
  public Response show(
      @Parameter(hidden = true) @Auth Caller caller, @PathParam("hash") String hash) {
    ChangeStore.Stored stored = find(hash);
    return Response.ok(view(stored, store.bundle(stored.hash()))).build();
  }

  @GET
  @Path("/changes/{hash}/plan")
  @Operation(summary = "What a change will do, statement by statement, with its way back")
  public Response plan(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("hash") String hash,
      @QueryParam("environment") @Nullable String environment) {
    ChangeStore.Stored stored = find(hash);
    Bundle bundle = store.bundle(stored.hash());
    try {
      Optional<String> only = Optional.ofNullable(environment);
      Set<String> present = environments.present().keySet();
      ChangePlan plan = ChangePlan.of(bundle, only, present, policy.rehearsedBefore());
      Map<String, Looked> looked = surveys.look(bundle, only, present);
      return Response.ok(
              plan.with(
                  looked, PlanForecast.lines(bundle.change(), looked, measured.apply(stored))))
          .build();
    } catch (FlightRefused e) {
      throw ProblemException.unprocessable("no-plan", e.text());
    }
  }

  private ChangeStore.Stored find(String hash) {
    return store
        .find(hash)
        .orElseThrow(() -> ProblemException.notFound("no change \"" + hash + "\""));
  }

  private static ChangeView view(ChangeStore.Stored stored, Bundle bundle) {
    List<String> sections =
        bundle.change().through().stream()
            .flatMap(plan -> plan.sections().stream())
            .map(section -> section.name())
            .distinct()
            .toList();
    return new ChangeView(
        stored.hash(),
        stored.name(),
        stored.why(),
        sections,
        stored.findings(),
        stored.pushedBy(),
        stored.pushedAt());
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
