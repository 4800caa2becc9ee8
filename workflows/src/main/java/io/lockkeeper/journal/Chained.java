package io.lockkeeper.journal;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An entry in its place in a promotion's chain.
 *
 * @param place from 1 without gaps, given by the store
 * @param recordedAt by the store's clock
 * @param content the entry's JSON as it was recorded, so that its hash holds for every version
 * @param previous the hash before, 64 zeros for the first
 * @param hash SHA-256 over the canonical JSON of all the rest
 */
public record Chained(
    String promotion,
    long place,
    Instant recordedAt,
    JsonNode content,
    String previous,
    String hash) {
  /** Written so long after it happened, an entry did not hold its effect up: safety came first. */
  private static final Duration LATE = Duration.ofSeconds(5);

  /** What the first entry's {@code previous} is. */
  public static final String START = "0".repeat(64);

  public static Chained next(
      String promotion, long place, Instant recordedAt, Entry entry, String previous) {
    JsonNode content = Json.tree(entry);
    return new Chained(
        promotion,
        place,
        recordedAt,
        content,
        previous,
        hash(promotion, place, recordedAt, content, previous));
  }

  /** Whether it was written after its effect. */
  public boolean late() {
    Instant at = Json.read(content.path("at"), Instant.class);
    return recordedAt.isAfter(at.plus(LATE));
  }

  public Entry entry() {
    return Json.read(content, Entry.class);
  }

  /**
   * The first thing that is wrong with a chain.
   *
   * @param chain in order, from the first
   */
  public static Optional<String> fault(List<Chained> chain) {
    String previous = START;
    long place = 0;
    for (Chained link : chain) {
      place++;
      if (link.place() != place) {
        return Optional.of("place " + place + " is missing: " + link.place() + " follows");
      }
      if (!link.previous().equals(previous)) {
        return Optional.of("place " + place + " does not follow from the one before");
      }
      String expected =
          hash(link.promotion(), link.place(), link.recordedAt(), link.content(), link.previous());
      if (!link.hash().equals(expected)) {
        return Optional.of("place " + place + " was changed: its hash does not fit");
      }
      previous = link.hash();
    }
    return Optional.empty();
  }

  private static String hash(
      String promotion, long place, Instant recordedAt, JsonNode content, String previous) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("promotion", promotion);
    all.put("place", place);
    all.put("recorded_at", recordedAt);
    all.put("content", content);
    all.put("previous", previous);
    return Sha256.hex(Json.canonical(all));
  }
}
