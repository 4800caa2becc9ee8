package io.lockkeeper.api.journal;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.api.series.SeriesIndex;
import io.lockkeeper.journal.Chained;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.json.Json;
import io.lockkeeper.promotion.PromotionFold;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.promotion.StepState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Appends to journals under one row lock a promotion, and keeps the state that they add up to
 * beside them. Safe for many threads and for several API processes.
 */
public final class JournalStore {
  /** The name under which the API itself writes. */
  public static final String API = "api";

  private static final Duration LOOK = Duration.ofMillis(250);

  private final Jdbi jdbi;
  private final Object appended = new Object();

  public JournalStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** A promotion's row, locked. */
  private record Head(long length, String hash, PromotionState state) {}

  /**
   * Appends what is not there yet.
   *
   * @param entries those of each writer in the order of their sequence
   * @return the place of the last entry
   */
  public long append(String promotion, List<Entry> entries) {
    long place =
        jdbi.inTransaction(handle -> append(handle, promotion, lock(handle, promotion), entries));
    tell();
    return place;
  }

  /** Appends an event of the API's own. */
  public long append(String promotion, Event event) {
    long place =
        jdbi.inTransaction(
            handle -> {
              Head head = lock(handle, promotion);
              long sequence = last(handle, promotion, API) + 1;
              Entry entry = new Entry(API, sequence, now(), event);
              return append(handle, promotion, head, List.of(entry));
            });
    tell();
    return place;
  }

  /** Writes the first entry, in the transaction in which the promotion is made. */
  public void begin(Handle handle, String promotion, Event.Requested requested, Instant at) {
    Entry entry = new Entry(API, 1, at, requested);
    Head head = new Head(0, Chained.START, PromotionFold.start(requested, at));
    append(handle, promotion, head, List.of(entry));
  }

  /** A promotion's chain from a place on, in order. */
  public List<Chained> read(String promotion, long after) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT promotion_id, place, recorded_at, content, previous, hash FROM journal
                    WHERE promotion_id = :promotion AND place > :after ORDER BY place
                    """)
                .bind("promotion", promotion)
                .bind("after", after)
                .map((row, context) -> chained(row))
                .list());
  }

  /**
   * Waits until a writer's entry is there.
   *
   * @return whether it is
   */
  public boolean await(String promotion, String writer, long sequence, Duration patience) {
    return await(patience, handle -> last(handle, promotion, writer) >= sequence);
  }

  /** Waits until something follows a place, or the time is up. */
  public void awaitMore(String promotion, long after, Duration patience) {
    await(patience, handle -> length(handle, promotion) > after);
  }

  /** The first fault of every chain that has one, as {@code promotion: fault}. */
  public List<String> faults() {
    List<String> promotions =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery("SELECT id FROM promotion ORDER BY place")
                    .mapTo(String.class)
                    .list());
    List<String> faults = new ArrayList<>();
    for (String promotion : promotions) {
      fault(promotion).ifPresent(fault -> faults.add(promotion + ": " + fault));
    }
    return faults;
  }

  /** The first fault of a chain, its end included. */
  public Optional<String> fault(String promotion) {
    // Before the entries: what is appended meanwhile is no fault.
    long length = jdbi.withHandle(handle -> length(handle, promotion));
    List<Chained> chain = read(promotion, 0);
    Optional<String> fault = Chained.fault(chain);
    if (fault.isPresent()) {
      return fault;
    }
    return length <= chain.size()
        ? Optional.empty()
        : Optional.of("its end is missing: " + chain.size() + " of " + length + " entries");
  }

  /** Reads the series of journals that an earlier version wrote into their table. */
  public void completeSeries() {
    List<String> promotions =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery("SELECT id FROM promotion WHERE series_place < chain_length")
                    .mapTo(String.class)
                    .list());
    promotions.forEach(
        promotion -> jdbi.useTransaction(handle -> completeSeries(handle, promotion)));
  }

  private void completeSeries(Handle handle, String promotion) {
    Head head = lock(handle, promotion);
    Map<String, Instant> began = new HashMap<>();
    for (Chained link : read(promotion, 0)) {
      Entry entry = link.entry();
      if (entry.event() instanceof Event.StepStarted step) {
        began.put(step.stage() + " " + step.step(), entry.at());
      } else if (entry.event() instanceof Event.StepEnded step) {
        Optional<Instant> at = Optional.ofNullable(began.get(step.stage() + " " + step.step()));
        SeriesIndex.add(handle, promotion, entry, at);
      }
    }
    handle
        .createUpdate("UPDATE promotion SET series_place = :place WHERE id = :id")
        .bind("place", head.length())
        .bind("id", promotion)
        .execute();
  }

  private boolean await(Duration patience, Function<Handle, Boolean> condition) {
    long giveUp = System.nanoTime() + patience.toNanos();
    while (true) {
      if (jdbi.withHandle(condition::apply)) {
        return true;
      }
      long left = giveUp - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      synchronized (appended) {
        try {
          // Another API process may append too, so we look again now and then.
          appended.wait(Math.max(1, Math.min(LOOK.toMillis(), left / 1_000_000)));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }
    }
  }

  private void tell() {
    synchronized (appended) {
      appended.notifyAll();
    }
  }

  private static Head lock(Handle handle, String promotion) {
    return handle
        .createQuery(
            "SELECT chain_length, chain_hash, state FROM promotion WHERE id = :id FOR UPDATE")
        .bind("id", promotion)
        .map(
            (row, context) ->
                new Head(
                    row.getLong(1),
                    row.getString(2),
                    Json.read(row.getString(3), PromotionState.class)))
        .findOne()
        .orElseThrow(() -> new IllegalArgumentException("no promotion " + promotion));
  }

  private static long append(Handle handle, String promotion, Head head, List<Entry> entries) {
    Map<String, Long> last = new HashMap<>();
    long place = head.length();
    String hash = head.hash();
    PromotionState state = head.state();
    for (Entry entry : entries) {
      long known = last.computeIfAbsent(entry.writer(), w -> last(handle, promotion, w));
      if (entry.sequence() <= known) {
        continue;
      }
      if (first(entry) > known + 1) {
        throw new IllegalStateException(
            "entry " + (known + 1) + " of " + entry.writer() + " is missing");
      }
      last.put(entry.writer(), entry.sequence());
      Chained link = Chained.next(promotion, ++place, now(), entry, hash);
      insert(handle, link, entry);
      SeriesIndex.add(handle, promotion, entry, began(state, entry));
      hash = link.hash();
      state = entry.event() instanceof Event.Requested ? state : PromotionFold.next(state, entry);
    }
    handle
        .createUpdate(
            """
            UPDATE promotion SET chain_length = :place, chain_hash = :hash, state = :state,
              status = :status, environment = :environment,
              -- A version that knows no series may have written before: that is read at the start.
              series_place = CASE WHEN series_place = :before THEN :place ELSE series_place END
            WHERE id = :id
            """)
        .bind("before", head.length())
        .bind("place", place)
        .bind("hash", hash)
        .bind("state", Json.text(state))
        .bind("status", state.status().name())
        .bind("environment", state.environment())
        .bind("id", promotion)
        .execute();
    return place;
  }

  /** The number that an entry follows on from: one that tells of others stands for them too. */
  private static long first(Entry entry) {
    return entry.event() instanceof Event.LeftOut gap ? gap.from() : entry.sequence();
  }

  /** When the step of an entry began. */
  private static Optional<Instant> began(PromotionState state, Entry entry) {
    return entry.event() instanceof Event.StepEnded step
        ? state.stage(step.stage()).stream()
            .flatMap(stage -> stage.steps().stream())
            .filter(known -> known.name().equals(step.step()))
            .findFirst()
            .flatMap(StepState::startedAt)
        : Optional.empty();
  }

  private static void insert(Handle handle, Chained link, Entry entry) {
    handle
        .createUpdate(
            """
            INSERT INTO journal (promotion_id, place, writer, writer_sequence, recorded_at, content,
              previous, hash)
            VALUES (:promotion, :place, :writer, :sequence, :recorded, :content, :previous, :hash)
            """)
        .bind("promotion", link.promotion())
        .bind("place", link.place())
        .bind("writer", entry.writer())
        .bind("sequence", entry.sequence())
        .bind("recorded", link.recordedAt().atOffset(ZoneOffset.UTC))
        .bind("content", link.content().toString())
        .bind("previous", link.previous())
        .bind("hash", link.hash())
        .execute();
  }

  private static long last(Handle handle, String promotion, String writer) {
    return handle
        .createQuery(
            """
            SELECT coalesce(max(writer_sequence), 0) FROM journal
            WHERE promotion_id = :promotion AND writer = :writer
            """)
        .bind("promotion", promotion)
        .bind("writer", writer)
        .mapTo(Long.class)
        .one();
  }

  private static long length(Handle handle, String promotion) {
    return handle
        .createQuery("SELECT chain_length FROM promotion WHERE id = :id")
        .bind("id", promotion)
        .mapTo(Long.class)
        .findOne()
        .orElse(0L);
  }

  private static Chained chained(ResultSet row) throws SQLException {
    return new Chained(
        row.getString("promotion_id"),
        row.getLong("place"),
        row.getTimestamp("recorded_at").toInstant(),
        Json.read(row.getString("content"), JsonNode.class),
        row.getString("previous"),
        row.getString("hash"));
  }

  /** As fine as the database keeps it, so that the hash holds. */
  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }
}
