package io.lockkeeper.api.blobs;

import io.dropwizard.auth.Auth;
import io.lockkeeper.api.auth.Caller;
import io.lockkeeper.api.environments.EnvironmentStore;
import io.lockkeeper.api.journal.JournalStore;
import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.environment.EnvironmentFacts;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Source;
import io.lockkeeper.signoff.Action;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.function.Predicate;

/** What workers ask of the control plane. For tokens with the role worker only. */
@Hidden
@Path("/internal")
public final class InternalResource {
  private final BlobStore blobs;
  private final EnvironmentStore environments;
  private final JournalStore journal;
  private final Predicate<String> promotionExists;

  public InternalResource(
      BlobStore blobs,
      EnvironmentStore environments,
      JournalStore journal,
      Predicate<String> promotionExists) {
    this.blobs = blobs;
    this.environments = environments;
    this.journal = journal;
    this.promotionExists = promotionExists;
  }

  /** A worker's announcement. */
  record Announcement(String worker, List<EnvironmentFacts> environments) {}

  /** Work that a worker refused. */
  record Refused(String promotion, Action action, String environment, String why) {}

  /** Measures that a worker put back, because nobody had renewed their lease. */
  record MeasuresPutBack(String promotion, String environment, String sentence) {}

  @GET
  @Path("/blobs/{sha256}")
  @Produces(MediaType.APPLICATION_OCTET_STREAM)
  public byte[] read(@Auth Caller caller, @PathParam("sha256") String sha256) {
    refuseOthers(caller);
    return blobs.read(sha256);
  }

  @PUT
  @Path("/blobs/{sha256}")
  @Consumes(MediaType.APPLICATION_OCTET_STREAM)
  public Response write(@Auth Caller caller, @PathParam("sha256") String sha256, byte[] content) {
    refuseOthers(caller);
    if (!Sha256.hex(content).equals(sha256)) {
      throw ProblemException.unprocessable("blob-hash", "the bytes have another hash");
    }
    blobs.write(content);
    return Response.noContent().build();
  }

  @POST
  @Path("/announcements")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response announce(@Auth Caller caller, Announcement announcement) {
    refuseOthers(caller);
    environments.announced(announcement.worker(), announcement.environments());
    return Response.noContent().build();
  }

  @POST
  @Path("/refusals")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response refused(@Auth Caller caller, Refused refused) {
    refuseOthers(caller);
    // A promotion that does not exist has no journal; the worker's log has told of it.
    if (promotionExists.test(refused.promotion())) {
      journal.append(
          refused.promotion(),
          new Event.ActRefused(
              refused.action(),
              "unknown, through Temporal",
              refused.environment() + ": " + refused.why(),
              Source.WORKER));
    }
    return Response.noContent().build();
  }

  @POST
  @Path("/measures")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response putBack(@Auth Caller caller, MeasuresPutBack measures) {
    refuseOthers(caller);
    // As above: the target's ledger knows it too.
    if (promotionExists.test(measures.promotion())) {
      journal.append(
          measures.promotion(),
          new Event.MeasuresPutBack(measures.environment(), measures.sentence()));
    }
    return Response.noContent().build();
  }

  private static void refuseOthers(Caller caller) {
    if (!caller.has(Caller.WORKER)) {
      throw ProblemException.forbidden("only workers come here");
    }
  }
}
