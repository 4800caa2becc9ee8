package io.lockkeeper.activities.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Measures on the target in the schema {@code lockkeeper}: what was found before them, and their
 * lease. Its ends are compared on the target's clock alone.
 */
final class MeasureLedger {
  /** So long they stay in force after the engine was heard of last. */
  static final Duration LEASE = Duration.ofSeconds(30);

  /** The version in which rows of this kind came. */
  private static final int SINCE = 3;

  private static final String STEP = "measures";

  private MeasureLedger() {}

  /** Whether there can be any: the ledger may be missing, or of an earlier version. */
  static boolean exists(Connection connection) throws SQLException {
    return LedgerSchema.exists(connection)
        && Rows.one(
            connection,
            "SELECT coalesce(max(version), 0) >= ? FROM lockkeeper.version",
            row -> row.getBoolean(1),
            SINCE);
  }

  /** Those in force, in the order in which they were put; locked until the transaction ends. */
  static List<MeasureRow> lockInForce(Connection connection, String promotion) throws SQLException {
    return Rows.list(
        connection, inForce("promotion = ?") + "FOR UPDATE", MeasureLedger::row, promotion);
  }

  static List<MeasureRow> inForce(Connection connection, String promotion) throws SQLException {
    return Rows.list(connection, inForce("promotion = ?"), MeasureLedger::row, promotion);
  }

  /** Of all promotions. */
  static List<MeasureRow> inForce(Connection connection) throws SQLException {
    return Rows.list(connection, inForce("true"), MeasureLedger::row);
  }

  /** Before the effect, in its transaction. What is in force already keeps what was found. */
  static void put(
      Connection connection,
      String promotion,
      TargetSetting setting,
      Optional<String> found,
      String value)
      throws SQLException {
    Rows.update(
        connection,
        """
        INSERT INTO lockkeeper.measure (promotion, step, setting, kind, object, found, put, put_at,
          valid_until)
        VALUES (?, ?, ?, ?, ?, ?, ?, clock_timestamp(), clock_timestamp() + ?::interval)
        ON CONFLICT (promotion, step, setting) DO UPDATE SET
          found = EXCLUDED.found, put = EXCLUDED.put, put_at = EXCLUDED.put_at,
          valid_until = EXCLUDED.valid_until, put_back_at = NULL, put_back_by = NULL,
          settled_at = NULL
        """,
        promotion,
        STEP,
        setting.kind() + " of " + setting.title(),
        setting.kind(),
        setting.object(),
        orNull(found),
        value,
        lease());
  }

  /** Under the fence: what is in force is ours, lapsed or not. */
  static void extend(Connection connection, String promotion) throws SQLException {
    Rows.update(
        connection,
        """
        UPDATE lockkeeper.measure SET valid_until = clock_timestamp() + ?::interval
        WHERE promotion = ? AND valid_until IS NOT NULL AND put_back_at IS NULL
        """,
        lease(),
        promotion);
  }

  /**
   * Beside a section that runs, and so past the fence: it touches the lease alone, and none that
   * has ended, so whoever found one ended may put it back.
   *
   * @return the lease's new end; nothing where there is none to renew
   */
  static Optional<Instant> renew(Connection connection, String promotion) throws SQLException {
    return Rows.one(
        connection,
        """
        WITH renewed AS (
          UPDATE lockkeeper.measure SET valid_until = clock_timestamp() + ?::interval
          WHERE promotion = ? AND valid_until > clock_timestamp() AND put_back_at IS NULL
          RETURNING valid_until)
        SELECT min(valid_until) FROM renewed
        """,
        row -> instant(row, 1),
        lease(),
        promotion);
  }

  /** In the transaction of the effect. */
  static void putBack(Connection connection, String promotion, TargetSetting setting, boolean lapse)
      throws SQLException {
    Rows.update(
        connection,
        """
        UPDATE lockkeeper.measure SET put_back_at = clock_timestamp(), put_back_by = ?
        WHERE promotion = ? AND kind = ? AND object = ? AND put_back_at IS NULL
        """,
        lapse ? "lapse" : "step",
        promotion,
        setting.kind(),
        setting.object());
  }

  /** Nobody has a session any more that began under what was put back. */
  static void settle(Connection connection, String promotion) throws SQLException {
    Rows.update(
        connection,
        """
        UPDATE lockkeeper.measure SET settled_at = clock_timestamp()
        WHERE promotion = ? AND put_back_at IS NOT NULL AND settled_at IS NULL
          AND valid_until IS NOT NULL
        """,
        promotion);
  }

  /** Since when sessions may have begun under a read-only mode that was put back. */
  static Optional<Instant> unsettled(Connection connection, String promotion) throws SQLException {
    return Rows.one(
        connection,
        """
        SELECT min(put_at) FROM lockkeeper.measure
        WHERE promotion = ? AND kind = 'read_only' AND put_back_at IS NOT NULL
          AND settled_at IS NULL
        """,
        row -> instant(row, 1),
        promotion);
  }

  /** When those that were put back because their lease had ended were; nothing where none was. */
  static Optional<Instant> lapsed(Connection connection, String promotion) throws SQLException {
    return Rows.one(
        connection,
        """
        SELECT max(put_back_at) FROM lockkeeper.measure
        WHERE promotion = ? AND put_back_by = 'lapse'
        """,
        row -> instant(row, 1),
        promotion);
  }

  /**
   * Promotions of which something is past its lease, or was put back by somebody who died before he
   * had ended the sessions that began under it.
   */
  static List<String> forgotten(Connection connection) throws SQLException {
    return Rows.list(
        connection,
        """
        SELECT DISTINCT promotion FROM lockkeeper.measure
        WHERE (put_back_at IS NULL AND valid_until <= clock_timestamp())
          OR (settled_at IS NULL AND valid_until IS NOT NULL
            AND put_back_at < clock_timestamp() - ?::interval)
        """,
        row -> row.getString(1),
        lease());
  }

  /** Past the lease for as long again: whoever was to put it back does not. */
  static boolean longForgotten(Connection connection, String promotion) throws SQLException {
    return Rows.one(
        connection,
        """
        SELECT EXISTS (SELECT FROM lockkeeper.measure
          WHERE promotion = ? AND settled_at IS NULL
            AND valid_until < clock_timestamp() - ?::interval)
        """,
        row -> row.getBoolean(1),
        promotion,
        lease());
  }

  private static String inForce(String which) {
    return """
        SELECT kind, object, found, put, put_at, valid_until, valid_until <= clock_timestamp()
        FROM lockkeeper.measure
        WHERE valid_until IS NOT NULL AND put_back_at IS NULL AND %s
        ORDER BY put_at, setting
        """
        .formatted(which);
  }

  private static MeasureRow row(ResultSet row) throws SQLException {
    return new MeasureRow(
        TargetSetting.of(row.getString(1), row.getString(2)),
        Optional.ofNullable(row.getString(3)),
        row.getString(4),
        row.getTimestamp(5).toInstant(),
        row.getTimestamp(6).toInstant(),
        row.getBoolean(7));
  }

  private static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
    return Optional.ofNullable(row.getTimestamp(column)).map(at -> at.toInstant());
  }

  private static @Nullable String orNull(Optional<String> value) {
    return value.orElse(null);
  }

  private static String lease() {
    return LEASE.toMillis() + " milliseconds";
  }
}
