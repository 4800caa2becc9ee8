package io.lockkeeper.api.problems;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes problem+json of everything that a resource throws; never a stack trace. */
public final class ProblemMappers {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemMappers.class);

  private ProblemMappers() {}

  public static void register(JerseyEnvironment jersey) {
    jersey.register(new OfProblem());
    jersey.register(new OfLockkeeper());
    jersey.register(new OfWeb());
    jersey.register(new OfJson());
    jersey.register(new OfAnything());
  }

  static Response response(Problem problem) {
    Response.ResponseBuilder response =
        Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
    return problem.status() == 401
        ? response.header("WWW-Authenticate", "Bearer").build()
        : response.build();
  }

  private static Response response(int status, String code, String title, String detail) {
    return response(new Problem("/problems/" + code, title, status, detail, code, List.of()));
  }

  private static final class OfProblem implements ExceptionMapper<ProblemException> {
    @Override
    public Response toResponse(ProblemException e) {
      return response(e.problem());
    }
  }

  private static final class OfLockkeeper implements ExceptionMapper<LockkeeperException> {
    @Override
    public Response toResponse(LockkeeperException e) {
      boolean away =
          e.code() == FailureCode.TEMPORAL_UNREACHABLE || e.code() == FailureCode.CONTROL_DATABASE;
      int status = e.code() == FailureCode.NOT_FOUND ? 404 : away ? 503 : 500;
      return response(status, e.code().text(), "It did not work", e.text());
    }
  }

  private static final class OfWeb implements ExceptionMapper<WebApplicationException> {
    @Override
    public Response toResponse(WebApplicationException e) {
      int status = e.getResponse().getStatus();
      String reason = e.getResponse().getStatusInfo().getReasonPhrase();
      return response(status, "http-" + status, reason, String.valueOf(e.getMessage()));
    }
  }

  private static final class OfJson implements ExceptionMapper<JsonProcessingException> {
    @Override
    public Response toResponse(JsonProcessingException e) {
      return response(
          400, "not-json", "The body cannot be read", String.valueOf(e.getOriginalMessage()));
    }
  }

  private static final class OfAnything implements ExceptionMapper<Throwable> {
    @Override
    public Response toResponse(Throwable e) {
      LOG.error("unexpected", e);
      return response(
          500,
          FailureCode.UNEXPECTED.text(),
          "It did not work",
          "an unexpected fault; the server's log says more");
    }
  }
}
