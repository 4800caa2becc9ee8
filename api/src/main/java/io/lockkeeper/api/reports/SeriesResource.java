package io.lockkeeper.api.reports;

import io.dropwizard.auth.Auth;
import io.lockkeeper.api.auth.Caller;
import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.api.promotions.Promotions;
import io.lockkeeper.api.series.SeriesStore;
import io.lockkeeper.series.KeptSeries;
import io.lockkeeper.soak.SoakOrder;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.Variant;
import java.util.List;

/** The series of a promotion, for programs and for spreadsheets. */
@Path("/api/v1")
@Tag(name = "views")
public final class SeriesResource {
  private static final String CSV = "text/csv";
  private static final MediaType CSV_TYPE = new MediaType("text", "csv");

  private final Promotions promotions;
  private final SeriesStore series;

  public SeriesResource(Promotions promotions, SeriesStore series) {
    this.promotions = promotions;
    this.series = series;
  }

  @GET
  @Path("/promotions/{id}/metrics")
  @Produces({MediaType.APPLICATION_JSON, CSV})
  @Operation(
      summary = "All series",
      description =
          "Of stages that are observed now, which the header Lockkeeper-So-Far names with the time"
              + " until which theirs reach, what the windows hold that have ended. By metric and by"
              + " stage, pairs of milliseconds since 1970 and figure, null where two"
              + " readings or more in a row are missing. As CSV a row a point. Stages of which"
              + " windows were kept for long enough are named by the header Lockkeeper-Kept-From"
              + " with the first point that is left, those of which nothing is left by"
              + " Lockkeeper-Expired with the time of their end.",
      responses = {
        @ApiResponse(
            responseCode = "200",
            content = {
              @Content(
                  mediaType = MediaType.APPLICATION_JSON,
                  schema = @Schema(type = "object"),
                  examples =
                      @ExampleObject(
                          "{\"locks.waiting\": {\"staging-soak\": [[1790000000000, 0],"
                              + " [1790000010000, null]]}}")),
              @Content(
                  mediaType = CSV,
                  schema = @Schema(type = "string"),
                  examples = @ExampleObject("time,stage,metric,value"))
            }),
        @ApiResponse(
            responseCode = "410",
            description = "all that is asked for was kept for long enough")
      })
  public Response metrics(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("id") String id,
      @BeanParam Wanted wanted,
      @Context Request request) {
    if (!promotions.exists(id)) {
      throw ProblemException.notFound("no promotion \"" + id + "\"");
    }
    wanted.check();
    Sources sources = Sources.of(id, promotions, series);
    KeptSeries kept = sources.kept();
    Removed removed = Removed.of(id, kept, wanted);
    SeriesText text = new SeriesText(kept, wanted);
    boolean csv = wanted.csv().orElseGet(() -> prefersCsv(request));
    StreamingOutput body = csv ? text::csv : text::json;
    Response.ResponseBuilder response =
        Response.ok(body, csv ? CSV_TYPE.withCharset("utf-8") : MediaType.APPLICATION_JSON_TYPE)
            .header("Vary", "Accept");
    for (SoakOrder soak : sources.running()) {
      response.header("Lockkeeper-So-Far", soak.plan().name() + " " + soak.from());
    }
    removed.tell(response);
    return csv
        ? response
            .header("Content-Disposition", "attachment; filename=\"" + id + "-series.csv\"")
            .build()
        : response.build();
  }

  private static boolean prefersCsv(Request request) {
    Variant chosen =
        request.selectVariant(
            List.of(
                new Variant(MediaType.APPLICATION_JSON_TYPE, (String) null, null),
                new Variant(CSV_TYPE, (String) null, null)));
    return chosen != null && chosen.getMediaType().isCompatible(CSV_TYPE);
  }
}
