package io.lockkeeper.activities.postgres;

import io.lockkeeper.json.Json;
import io.lockkeeper.step.Pass;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What somebody changed by hand of that which a change touches, since it was looked at. Other
 * objects of the database may change as they like: other promotions are at work there, and the
 * application's own jobs.
 */
public final class Drift {
  /** Checkpoint with what the target was let go with: after the last section. */
  static final String AFTER = "schema-after";

  private final Target target;
  private final Duration patience;

  public Drift(Target target) {
    this(target, Fingerprint.PATIENCE);
  }

  /**
   * @param patience how long a look may take, also where it waits for somebody's lock; then it
   *     fails
   */
  public Drift(Target target, Duration patience) {
    this.target = target;
    this.patience = patience;
  }

  /**
   * What was seen.
   *
   * @param touched with their schemas, where they were there
   */
  record Seen(Touched touched, List<String> lines) {
    Seen {
      lines = List.copyOf(lines);
    }
  }

  /** What is touched as it is now, to be compared with later. */
  public byte[] look(Touched touched) throws SQLException {
    return target.read(
        connection -> {
          Touched found = touched.found(connection);
          return Json.canonical(new Seen(found, Fingerprint.cheap(connection, found).lines()));
        });
  }

  /**
   * What differs since then, for people; empty where nothing does.
   *
   * @param seen as {@link #look} told it
   */
  public List<String> since(byte[] seen) throws SQLException {
    return Fingerprint.told(differences(target, seen, patience));
  }

  /** The same, line by line, as {@link Fingerprint#allDifferences} tells them. */
  static List<String> differences(Target target, byte[] seen) throws SQLException {
    return differences(target, seen, Fingerprint.PATIENCE);
  }

  private static List<String> differences(Target target, byte[] seen, Duration patience)
      throws SQLException {
    Seen before = Json.read(seen, Seen.class);
    Fingerprint now =
        target.read(connection -> Fingerprint.cheap(connection, before.touched(), patience));
    return new ArrayList<>(now.allDifferences(new Fingerprint(before.lines())));
  }

  /**
   * What differs since the promotion let the target go; nothing where the ledger does not tell, and
   * once it takes its own change back.
   */
  public List<String> sinceApplied(String promotion) throws SQLException {
    Optional<byte[]> after = new TargetLedger(target).checkpoint(promotion, AFTER);
    return after.isPresent() && !takenBack(promotion) ? since(after.get()) : List.of();
  }

  private boolean takenBack(String promotion) throws SQLException {
    return target.read(
        connection ->
            Rows.one(
                connection,
                """
                SELECT EXISTS (SELECT FROM lockkeeper.unit
                  WHERE promotion = ? AND pass = ? AND state IN ('reverting', 'reverted'))
                """,
                row -> row.getBoolean(1),
                promotion,
                Ledger.word(Pass.DEPLOY)));
  }

  /** As a sentence goes on: what was found. */
  public static String sentence(List<String> differences) {
    return "somebody else changed what this change touches: " + String.join("; ", differences);
  }
}
