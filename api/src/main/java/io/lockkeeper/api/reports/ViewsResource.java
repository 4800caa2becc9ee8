package io.lockkeeper.api.reports;

import io.dropwizard.auth.Auth;
import io.lockkeeper.api.auth.Caller;
import io.lockkeeper.api.blobs.BlobStore;
import io.lockkeeper.api.journal.JournalStore;
import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.api.promotions.Promotions;
import io.lockkeeper.api.series.SeriesStore;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.Change;
import io.lockkeeper.chart.ChartSvg;
import io.lockkeeper.journal.Chained;
import io.lockkeeper.journal.Event;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.report.Block;
import io.lockkeeper.report.Charts;
import io.lockkeeper.report.Report;
import io.lockkeeper.report.ReportBuilder;
import io.lockkeeper.report.ReportText;
import io.lockkeeper.report.Template;
import io.lockkeeper.series.KeptSeries;
import io.lockkeeper.step.Attachment;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Views of one promotion's journal: report, history, attachments. */
@Path("/api/v1")
@Tag(name = "views")
public final class ViewsResource {
  private final Promotions promotions;
  private final JournalStore journal;
  private final BlobStore blobs;
  private final SeriesStore series;

  public ViewsResource(
      Promotions promotions, JournalStore journal, BlobStore blobs, SeriesStore series) {
    this.promotions = promotions;
    this.journal = journal;
    this.blobs = blobs;
    this.series = series;
  }

  @GET
  @Path("/promotions/{id}/report.json")
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "The report, for programs; with a template one of its blocks",
      responses =
          @ApiResponse(
              responseCode = "200",
              content = @Content(schema = @Schema(oneOf = {Report.class, Block.class}))))
  public Response json(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("id") String id,
      @BeanParam Drawn drawn) {
    Optional<Template> template = drawn.template();
    return Response.ok(
            template.isPresent() ? block(id, template.get(), drawn.environment()) : report(id))
        .build();
  }

  @GET
  @Path("/promotions/{id}/report.md")
  @Produces("text/markdown;charset=utf-8")
  @Operation(summary = "The report, for people; with a template one of its blocks")
  public String markdown(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("id") String id,
      @BeanParam Drawn drawn) {
    return drawn
        .template()
        .map(template -> block(id, template, drawn.environment()).markdown())
        .orElseGet(() -> markdown(illustrated(id)));
  }

  @GET
  @Path("/promotions/{id}/report.html")
  @Produces("text/html;charset=utf-8")
  @Operation(summary = "The report, for browsers and for print; with a template one of its blocks")
  public String html(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("id") String id,
      @BeanParam Drawn drawn) {
    if (drawn.template().isPresent()) {
      return ReportPage.html(id, markdown(caller, id, drawn), List.of());
    }
    Illustrated whole = illustrated(id);
    return ReportPage.html(id, markdown(whole), whole.charts());
  }

  @GET
  @Path("/promotions/{id}/history.json")
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(summary = "Temporal's history, kept beyond its retention")
  public Response history(
      @Parameter(hidden = true) @Auth Caller caller, @PathParam("id") String id) {
    return chain(id).stream()
        .map(link -> link.entry().event())
        .filter(event -> event instanceof Event.HistoryExported)
        .map(event -> (Event.HistoryExported) event)
        .filter(event -> event.workflow().equals(id))
        .findFirst()
        .map(event -> Response.ok(blobs.read(event.blob().sha256())).build())
        .orElseThrow(
            () ->
                ProblemException.notFound(
                    state(id).endedAt().isPresent()
                        ? id
                            + " has ended, and its history is being exported: ask again in a moment"
                        : id + " has not ended: its history is in Temporal"));
  }

  @GET
  @Path("/promotions/{id}/attachments/{name}")
  @Operation(summary = "A file that a step left, or a picture of the report")
  public Response attachment(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("id") String id,
      @PathParam("name") String name) {
    Optional<Attachment> left =
        state(id).attachments().stream()
            .filter(attachment -> attachment.name().equals(name))
            .findFirst();
    if (left.isEmpty()) {
      return picture(id, name);
    }
    Attachment found = left.get();
    series
        .expired(id, found.blob().sha256())
        .ifPresent(
            until -> {
              throw ProblemException.gone("series-expired", name + " was kept until " + until);
            });
    return Response.ok(blobs.read(found.blob().sha256()), found.mediaType())
        .header("Content-Disposition", "attachment; filename=\"" + found.name() + "\"")
        .header("X-Content-Type-Options", "nosniff")
        .build();
  }

  /** Of the report: drawn anew each time, from what the journal names. */
  private Response picture(String id, String name) {
    Charts.Named found =
        Stream.of(name)
            .filter(file -> file.endsWith(".svg"))
            .flatMap(file -> illustrated(id).charts().stream())
            .filter(chart -> chart.file().equals(name))
            .findFirst()
            .orElseThrow(() -> ProblemException.notFound(id + " has no attachment " + name));
    return Response.ok(ChartSvg.draw(found.chart(), found.id()), "image/svg+xml")
        .header("Content-Disposition", "inline; filename=\"" + found.file() + "\"")
        .header("Content-Security-Policy", "default-src 'none'")
        .header("X-Content-Type-Options", "nosniff")
        .build();
  }

  private Report report(String id) {
    return illustrated(id).report();
  }

  /** A report with its pictures. */
  private record Illustrated(Report report, List<Charts.Named> charts) {}

  private Illustrated illustrated(String id) {
    Sources sources = Sources.of(id, promotions, series);
    PromotionState state = state(id);
    List<Chained> chain = chain(id);
    Map<String, String> statements = new StatementTexts(blobs).of(chain, sources.running());
    KeptSeries kept = sources.kept().with(statements);
    Report report = ReportBuilder.build(id, state, chain, kept, sources.running());
    return new Illustrated(report, Charts.of(report, chain, kept));
  }

  private String markdown(Illustrated drawn) {
    return ReportText.markdown(drawn.report(), drawn.charts());
  }

  private Block block(String id, Template template, Optional<String> environment) {
    PromotionState state = state(id);
    Change change = Bundle.parse(blobs.read(state.changeHash())).change();
    List<Chained> chain = chain(id);
    try {
      return Block.of(template, id, state, chain, change, environment);
    } catch (IllegalArgumentException e) {
      throw ProblemException.unprocessable("unknown-environment", String.valueOf(e.getMessage()));
    }
  }

  private PromotionState state(String id) {
    Optional<PromotionState> state = promotions.state(id);
    return state.orElseThrow(() -> ProblemException.notFound("no promotion \"" + id + "\""));
  }

  private List<Chained> chain(String id) {
    List<Chained> chain = journal.read(id, 0);
    if (chain.isEmpty()) {
      throw ProblemException.notFound("no promotion \"" + id + "\"");
    }
    return chain;
  }
}
