package io.lockkeeper.change;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is done about a backup before the first section of an environment.
 *
 * <p>Written as its word where it says nothing else: bundles of the first version have that, and
 * keep their hash.
 *
 * @param how the verdict that is wanted
 * @param name pattern of the backup's name, read by {@link BackupName}; absent for the usual one
 * @param maxAge how old one that was taken elsewhere may be, on the target's clock; there for
 *     {@link How#LATEST} alone
 * @param within how long it may take; longer is a FAIL, it is never cancelled
 * @param from the change for which it was taken; absent for any; for {@link How#LATEST} alone
 */
public record BackupRule(
    How how,
    Optional<String> name,
    Optional<Duration> maxAge,
    Optional<Duration> within,
    Optional<String> from) {
  /** Nothing is done. */
  public static final BackupRule NONE = of(How.NONE);

  /** How old the latest may be where the change does not say. Source: Magnus' checklist. */
  public static final Duration MAX_AGE = Duration.ofHours(24);

  /** The verdict that is wanted. */
  public enum How {
    NONE,
    TAKEN,
    /** Taken, read in full, restored into a scratch database, rows compared. */
    VERIFIED,
    /** One that was taken elsewhere is young enough, and is verified again. */
    LATEST
  }

  public BackupRule {
    if (maxAge.isPresent() != (how == How.LATEST)) {
      throw new IllegalArgumentException("an age for " + how);
    }
    if (from.isPresent() && how != How.LATEST) {
      throw new IllegalArgumentException("a change for " + how);
    }
    if (name.isPresent() && how != How.TAKEN && how != How.VERIFIED) {
      throw new IllegalArgumentException("a name for " + how);
    }
    if (within.isPresent() && how == How.NONE) {
      throw new IllegalArgumentException("a time for " + how);
    }
  }

  /** What its word alone means. */
  public static BackupRule of(How how) {
    return new BackupRule(
        how,
        Optional.empty(),
        how == How.LATEST ? Optional.of(MAX_AGE) : Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Whether a promotion's backup is one of those that are asked for. */
  public boolean isFor(String promotion) {
    // A promotion's id is the change's name with a number behind it.
    return from.isEmpty() || promotion.matches(Pattern.quote(from.get()) + "-[0-9]+");
  }

  /** For people: {@code verified}, {@code latest, at most 24h old, of menuca-06-backup}. */
  public String text() {
    StringBuilder text = new StringBuilder(how.name().toLowerCase(Locale.ROOT));
    maxAge.ifPresent(age -> text.append(", at most ").append(Durations.print(age)).append(" old"));
    from.ifPresent(change -> text.append(", of ").append(change));
    name.ifPresent(pattern -> text.append(", named ").append(pattern));
    within.ifPresent(time -> text.append(", within ").append(Durations.print(time)));
    return text.toString();
  }

  /** The long form, as JSON. */
  record Written(
      How how,
      Optional<String> name,
      Optional<Duration> maxAge,
      Optional<Duration> within,
      Optional<String> from) {}

  @JsonValue
  Object written() {
    boolean plain = List.of(name, maxAge, within, from).stream().allMatch(Optional::isEmpty);
    return plain ? how : new Written(how, name, maxAge, within, from);
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static BackupRule read(JsonNode node) {
    if (node.isTextual()) {
      return of(How.valueOf(node.asText()));
    }
    Written written = Json.read(node, Written.class);
    return new BackupRule(
        written.how(), written.name(), written.maxAge(), written.within(), written.from());
  }
}
