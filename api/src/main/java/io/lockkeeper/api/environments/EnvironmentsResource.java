package io.lockkeeper.api.environments;

import io.dropwizard.auth.Auth;
import io.lockkeeper.api.auth.Caller;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;

/** Environments as their workers announced them last. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "environments")
public final class EnvironmentsResource {
  private final EnvironmentStore store;

  public EnvironmentsResource(EnvironmentStore store) {
    this.store = store;
  }

  /** All of them: there are few. */
  record Page(List<EnvironmentStore.Seen> items, Optional<String> nextCursor) {}

  @GET
  @Path("/environments")
  @Operation(summary = "List environments with their targets")
  public Response list(@Parameter(hidden = true) @Auth Caller caller) {
    return Response.ok(new Page(store.all(), Optional.empty())).build();
  }
}
