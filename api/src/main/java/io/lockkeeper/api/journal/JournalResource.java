package io.lockkeeper.api.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dropwizard.auth.Auth;
import io.lockkeeper.activity.Progress;
import io.lockkeeper.api.auth.Caller;
import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.journal.Chained;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Sentences;
import io.lockkeeper.json.Json;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The journal itself: read, streamed, verified. */
@Path("/api/v1")
@Tag(name = "journal")
public final class JournalResource {
  private static final Logger LOG = LoggerFactory.getLogger(JournalResource.class);
  private static final Duration PROGRESS = Duration.ofSeconds(2);
  private static final Duration COMMENT = Duration.ofSeconds(15);
  private static final int PAGE = 500;

  private final JournalStore store;
  private final Function<String, Optional<Progress>> progress;

  public JournalResource(JournalStore store, Function<String, Optional<Progress>> progress) {
    this.store = store;
    this.progress = progress;
  }

  /** A page of a journal; without a cursor it was the last. */
  record Page(List<Map<String, Object>> items, Optional<String> nextCursor) {}

  /** Whether all chains hold. */
  record Verified(boolean intact, List<String> faults) {}

  @GET
  @Path("/promotions/{id}/journal")
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(summary = "Entries in order, each with its hash")
  public Page journal(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("id") String id,
      @QueryParam("cursor") @DefaultValue("0") long after) {
    List<Chained> chain = store.read(id, after);
    if (chain.isEmpty() && after == 0) {
      throw ProblemException.notFound("no promotion \"" + id + "\"");
    }
    List<Chained> page = chain.subList(0, Math.min(PAGE, chain.size()));
    Optional<String> next =
        chain.size() > PAGE
            ? Optional.of(Long.toString(page.get(PAGE - 1).place()))
            : Optional.empty();
    return new Page(page.stream().map(JournalResource::item).toList(), next);
  }

  @GET
  @Path("/promotions/{id}/events")
  @Produces("text/event-stream")
  @Operation(summary = "Entries as they come, and progress without an id")
  public Response events(
      @Parameter(hidden = true) @Auth Caller caller,
      @PathParam("id") String id,
      @HeaderParam("Last-Event-ID") @Nullable String last,
      @QueryParam("after") @DefaultValue("0") long after) {
    List<Chained> known = store.read(id, 0);
    if (known.isEmpty()) {
      throw ProblemException.notFound("no promotion \"" + id + "\"");
    }
    long from = last != null && last.matches("[0-9]{1,18}") ? Long.parseLong(last) : after;
    if (known.stream().anyMatch(link -> link.place() <= from && closes(link, id))) {
      // All was told; this answer also keeps a browser from asking again.
      return Response.noContent().build();
    }
    StreamingOutput stream =
        output -> {
          try {
            stream(id, from, output);
          } catch (IOException e) {
            LOG.debug("who listened to {} has left", id);
          }
        };
    return Response.ok(stream)
        .header("Cache-Control", "no-store")
        .header("X-Accel-Buffering", "no")
        .build();
  }

  @GET
  @Path("/audit/verify")
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(summary = "Verify the chains of all promotions")
  public Verified verify(@Parameter(hidden = true) @Auth Caller caller) {
    List<String> faults = store.faults();
    return new Verified(faults.isEmpty(), faults);
  }

  /** Until the promotion has ended or nobody listens any more. */
  private void stream(String id, long from, OutputStream output) throws IOException {
    write(output, "retry: 3000\n\n");
    long place = from;
    long told = System.nanoTime();
    String before = "";
    boolean over = false;
    while (!over) {
      List<Chained> news = store.read(id, place);
      for (Chained link : news) {
        place = link.place();
        write(output, "id: " + place + "\nevent: journal\ndata: " + Json.text(item(link)) + "\n\n");
        // What follows the end is the handing over of the history.
        over |= closes(link, id);
      }
      String now = progress.apply(id).map(Json::text).orElse("");
      if (!now.isEmpty() && !now.equals(before)) {
        write(output, "event: progress\ndata: " + now + "\n\n");
        told = System.nanoTime();
      } else if (System.nanoTime() - told > COMMENT.toNanos()) {
        write(output, ": still here\n\n");
        told = System.nanoTime();
      }
      before = now;
      if (!over) {
        store.awaitMore(id, place, PROGRESS);
      }
    }
  }

  private static boolean closes(Chained link, String id) {
    return link.entry().event() instanceof Event.HistoryExported e && e.workflow().equals(id);
  }

  private static void write(OutputStream output, String text) throws IOException {
    output.write(text.getBytes(UTF_8));
    output.flush();
  }

  /** An entry with its sentence; what the hash is over stands unchanged beside it. */
  private static Map<String, Object> item(Chained link) {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("promotion", link.promotion());
    item.put("place", link.place());
    item.put("recorded_at", link.recordedAt());
    item.put("late", link.late());
    item.put("sentence", Sentences.of(link.entry().event()));
    item.put("content", link.content());
    item.put("previous", link.previous());
    item.put("hash", link.hash());
    return item;
  }
}
