package io.lockkeeper.api.people;

import io.dropwizard.auth.Auth;
import io.lockkeeper.api.auth.Caller;
import io.lockkeeper.api.auth.Caller.Kind;
import io.lockkeeper.api.auth.Tokens;
import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.api.promotions.Promotions;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who I am, what waits for me, and tokens for others. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "people")
public final class PeopleResource {
  private final Tokens tokens;
  private final Promotions promotions;
  private final String publicKey;

  public PeopleResource(Tokens tokens, Promotions promotions, String publicKey) {
    this.tokens = tokens;
    this.promotions = promotions;
    this.publicKey = publicKey;
  }

  /** Asks for a token. */
  record TokenRequest(
      @Nullable String person, @Nullable List<String> roles, @Nullable Boolean service) {}

  /** A token; it cannot be read again. */
  record TokenView(String token, String person, Set<String> roles) {}

  /** Who I am. */
  record Me(String person, Set<String> roles, Kind kind) {}

  /** Gates that wait for me. */
  record AwaitingPage(List<Promotions.Awaiting> items, Optional<String> nextCursor) {}

  /** What workers trust. */
  record KeyView(String publicKey) {}

  @GET
  @Path("/me")
  @Operation(summary = "Who I am, with the roles that count")
  public Me me(@Parameter(hidden = true) @Auth Caller caller) {
    return new Me(caller.person(), caller.roles(), caller.kind());
  }

  @GET
  @Path("/me/awaiting")
  @Operation(summary = "What waits for my sign-off")
  public AwaitingPage awaiting(@Parameter(hidden = true) @Auth Caller caller) {
    return new AwaitingPage(promotions.awaiting(caller.person(), caller.roles()), Optional.empty());
  }

  @GET
  @Path("/key")
  @Operation(summary = "The public key that statements are signed with")
  public KeyView key(@Parameter(hidden = true) @Auth Caller caller) {
    return new KeyView(publicKey);
  }

  @POST
  @Path("/tokens")
  @Operation(summary = "Make a token for a person or a service; for administrators")
  public Response create(
      @Parameter(hidden = true) @Auth Caller caller, @Nullable TokenRequest request) {
    if (!caller.administers()) {
      throw ProblemException.forbidden("only an administrator makes tokens");
    }
    if (request == null || request.person() == null || request.person().isBlank()) {
      throw ProblemException.unprocessable("missing-person", "the body needs \"person\"");
    }
    List<String> wanted = request.roles();
    Set<String> roles = wanted == null ? Set.of() : new HashSet<>(wanted);
    if (roles.isEmpty()) {
      throw ProblemException.unprocessable("missing-roles", "the body needs \"roles\"");
    }
    boolean service = Boolean.TRUE.equals(request.service());
    if (!service && !tokens.knows(request.person())) {
      throw ProblemException.unprocessable(
          "not-in-policy",
          "the policy lists nobody named "
              + request.person()
              + ", so no role of such a token would count. No token was made. Add the person to the"
              + " policy, or make a token for a service");
    }
    String token = tokens.create(request.person(), roles, service ? Kind.SERVICE : Kind.PERSON);
    return Response.status(201).entity(new TokenView(token, request.person(), roles)).build();
  }
}
