package io.lockkeeper.activities.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.environment.TargetIdentity;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Grants in the target's ledger: without one nothing forward runs there, whoever asks. A closed
 * grant is the end: nothing of that promotion runs forward any more.
 */
final class Grants {
  /** Checkpoint with the end that something may follow, written as the grant is closed. */
  private static final String FOLLOWS = "follows";

  /** What is late by more than that is for people. */
  private static final Duration LATE = Duration.ofDays(30);

  private Grants() {}

  /**
   * A grant to be written.
   *
   * @param nonces of its statements; spent here
   * @param statements the signed statements as JSON, kept as proof
   */
  record Grant(
      String promotion,
      String environment,
      String change,
      String evidence,
      List<String> signedBy,
      List<String> nonces,
      String statements,
      Instant validUntil) {}

  /** Where we are connected. Source: pg_control_system() and pg_database. */
  static TargetIdentity identity(Connection connection) throws SQLException {
    return Rows.one(
        connection,
        """
        SELECT (SELECT system_identifier::text FROM pg_control_system()),
          (SELECT oid FROM pg_database WHERE datname = current_database())
        """,
        row -> new TargetIdentity(row.getString(1), row.getLong(2)));
  }

  /**
   * Before anything is done for a forward effect, the lock and the ledger's own tables included:
   * who has no grant leaves no trace in the target.
   *
   * @throws LockkeeperException {@code GRANT_REFUSED} where there is none that holds
   */
  static void require(Target target, String promotion, String change) throws SQLException {
    String whyNot =
        target.read(
            connection ->
                LedgerSchema.exists(connection)
                    ? whyNot(connection, promotion, change)
                    : "there is no grant");
    if (!whyNot.isEmpty()) {
      throw refused(target, promotion, whyNot);
    }
  }

  /**
   * Whether the promotion was ever let in here. One that was not has done nothing here either, and
   * whoever orders something in its name is shown that without a trace in the target.
   */
  static boolean known(Target target, String promotion) throws SQLException {
    return target.read(
        connection ->
            LedgerSchema.exists(connection)
                && Rows.first(
                        connection,
                        "SELECT 1 FROM lockkeeper.\"grant\" WHERE promotion = ?",
                        row -> row.getInt(1),
                        promotion)
                    .isPresent());
  }

  /**
   * Before every forward effect.
   *
   * @throws LockkeeperException {@code GRANT_REFUSED} where there is none that holds
   */
  static void require(Fence fence, String promotion, String change) throws SQLException {
    String whyNot = whyNot(fence.connection(), promotion, change);
    if (!whyNot.isEmpty()) {
      throw refused(fence.target(), promotion, whyNot);
    }
  }

  private static String whyNot(Connection connection, String promotion, String change)
      throws SQLException {
    return Rows.first(
            connection,
            """
            SELECT CASE
              WHEN change <> ? THEN 'the grant is for another change'
              WHEN closed_at IS NOT NULL THEN coalesce(nullif(to_jsonb(g)->>'closed_because', ''),
                'the promotion is over')
              WHEN valid_until <= clock_timestamp() THEN 'the grant has expired'
              ELSE '' END
            FROM lockkeeper."grant" g WHERE promotion = ?
            """,
            row -> row.getString(1),
            change,
            promotion)
        .orElse("there is no grant");
  }

  /**
   * As {@link #require(Target, String, String)}, for what follows a promotion that is over.
   *
   * @throws LockkeeperException {@code GRANT_REFUSED} where nothing may follow it
   */
  static void requireFollowing(
      Target target, String promotion, String change, Admission.AfterTheEnd following)
      throws SQLException {
    String whyNot =
        target.read(
            connection ->
                LedgerSchema.exists(connection)
                    ? whyNot(connection, promotion, change, following)
                    : "there is no grant");
    if (!whyNot.isEmpty()) {
      throw notFollowed(target, promotion, whyNot);
    }
  }

  /** As above, on the fence. */
  static void requireFollowing(
      Fence fence, String promotion, String change, Admission.AfterTheEnd following)
      throws SQLException {
    String whyNot = whyNot(fence.connection(), promotion, change, following);
    if (!whyNot.isEmpty()) {
      throw notFollowed(fence.target(), promotion, whyNot);
    }
  }

  private static String whyNot(
      Connection connection, String promotion, String change, Admission.AfterTheEnd following)
      throws SQLException {
    Optional<byte[]> follows = Ledger.checkpoint(connection, promotion, FOLLOWS);
    boolean meant =
        follows.map(end -> new String(end, UTF_8)).filter(following.outcome()::equals).isPresent();
    return Rows.first(
            connection,
            """
            SELECT CASE
              WHEN change <> ? THEN 'the grant is for another change'
              WHEN closed_at IS NULL
                THEN 'its grant is open: it is not over, or could not close it at its end'
              WHEN to_jsonb(g)->>'closed_because' <> '' THEN to_jsonb(g)->>'closed_because'
              WHEN NOT ? THEN 'the promotion ended so that this does not follow'
              WHEN closed_at + ? * interval '1 second' <= clock_timestamp()
                THEN 'it is late by more than a month'
              ELSE '' END
            FROM lockkeeper."grant" g WHERE promotion = ?
            """,
            row -> row.getString(1),
            change,
            meant,
            following.after().plus(LATE).toSeconds(),
            promotion)
        .orElse("there is no grant");
  }

  /** Writes the grant, or finds the same one there. */
  static void write(Fence fence, Grant grant) throws SQLException {
    boolean spent =
        fence.transaction(
            connection -> {
              boolean used =
                  Rows.one(
                      connection,
                      """
                      SELECT EXISTS (SELECT FROM lockkeeper."grant"
                        WHERE nonces && ? AND promotion <> ?)
                      """,
                      row -> row.getBoolean(1),
                      grant.nonces(),
                      grant.promotion());
              if (!used) {
                insert(connection, grant);
              }
              return used;
            });
    if (spent) {
      throw refused(
          fence.target(), grant.promotion(), "its statements were used for another promotion");
    }
    require(fence, grant.promotion(), grant.change());
  }

  /**
   * Nothing forward after it, but for the statements of the change that follow that end. A grant
   * that is closed already stays as it is.
   *
   * @param follows the end that may be followed; absent where nothing may follow
   */
  static void close(Fence fence, String promotion, Optional<String> follows) throws SQLException {
    fence.change(
        connection -> {
          int closed =
              Rows.update(
                  connection,
                  """
                  UPDATE lockkeeper."grant" SET closed_at = clock_timestamp()
                  WHERE promotion = ? AND closed_at IS NULL
                  """,
                  promotion);
          if (closed > 0 && follows.isPresent()) {
            Ledger.writeCheckpoint(connection, promotion, FOLLOWS, follows.get().getBytes(UTF_8));
          }
        });
  }

  static LockkeeperException refused(Target target, String promotion, String why) {
    return new LockkeeperException(
        FailureCode.GRANT_REFUSED,
        "working for " + promotion + " on " + target.title(),
        why,
        "nothing was done",
        "Start a promotion and have it signed off; nobody else can let work in here");
  }

  private static LockkeeperException notFollowed(Target target, String promotion, String why) {
    return new LockkeeperException(
        FailureCode.GRANT_REFUSED,
        "following up " + promotion + " on " + target.title(),
        why,
        "nothing was done",
        "Where it is still wanted do it by another promotion, and acknowledge the follow-up");
  }

  private static void insert(Connection connection, Grant grant) throws SQLException {
    Rows.update(
        connection,
        """
        INSERT INTO lockkeeper."grant" (promotion, environment, change, evidence, signed_by,
          nonces, statements, valid_until, granted_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, clock_timestamp())
        ON CONFLICT (promotion) DO UPDATE SET
          evidence = EXCLUDED.evidence, signed_by = EXCLUDED.signed_by, nonces = EXCLUDED.nonces,
          statements = EXCLUDED.statements, valid_until = EXCLUDED.valid_until
        WHERE lockkeeper."grant".closed_at IS NULL
          AND lockkeeper."grant".change = EXCLUDED.change
        """,
        grant.promotion(),
        grant.environment(),
        grant.change(),
        grant.evidence(),
        grant.signedBy(),
        grant.nonces(),
        grant.statements(),
        grant.validUntil());
  }
}
