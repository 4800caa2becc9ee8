package io.lockkeeper.activities.postgres;

import io.lockkeeper.environment.TargetIdentity;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which database took whose place, as the ledger of the live one tells. Each row belongs to one
 * signed statement, which is spent by it.
 */
public final class Succession {
  private static final String COLUMNS =
      "nonce, promotion, backup, taken_at, state, old_oid, coalesce(new_oid, 0), new_name, old_name,"
          + " swapped_at";

  private Succession() {}

  /** How far a restore has come. */
  public enum State {
    /** Meant: whatever has the new name is ours. */
    BEGUN,
    /** The new database is as the backup tells. */
    COMPARED,
    /** The new database is the live one. */
    SWAPPED,
    /** The old one is the live one again. */
    UNDONE
  }

  /**
   * A restore.
   *
   * @param nonce of the statement that asked for it
   * @param takenAt of the backup, on the target's clock
   * @param oldOid of the database that was live when it began
   * @param newOid zero before there is one
   * @param newName of the restored database while it stands beside
   * @param oldName of the database that was live, once it stands aside
   */
  public record Row(
      String nonce,
      String promotion,
      String backup,
      Instant takenAt,
      State state,
      long oldOid,
      long newOid,
      String newName,
      String oldName,
      Optional<Instant> swappedAt) {}

  public static Optional<Row> find(Target target, String nonce) throws SQLException {
    return ofPromotions(target, "nonce = ?", nonce).stream().findFirst();
  }

  /** Of all promotions, the latest first. */
  public static List<Row> all(Target target) throws SQLException {
    return ofPromotions(target, "?::text IS NOT NULL", "");
  }

  /** Of one promotion, the latest first. */
  public static List<Row> of(Target target, String promotion) throws SQLException {
    return ofPromotions(target, "promotion = ?", promotion);
  }

  /**
   * The database that we are connected to, and those in whose place it stands, the nearest first:
   * what was signed for one of them, or taken of it, was meant for this one.
   */
  public static List<TargetIdentity> line(Target target) throws SQLException {
    List<TargetIdentity> line = new ArrayList<>();
    TargetIdentity now = target.read(Grants::identity);
    line.add(now);
    List<Row> rows = all(target);
    for (int i = 0; i < line.size(); i++) {
      long oid = line.get(i).databaseOid();
      for (Row row : rows) {
        TargetIdentity before = new TargetIdentity(now.systemIdentifier(), row.oldOid());
        if (row.state() == State.SWAPPED && row.newOid() == oid && !line.contains(before)) {
          line.add(before);
        }
      }
    }
    return line;
  }

  /** Before anything of it is there. Once begun it goes on where it stands. */
  public static void begin(Fence fence, Row row) throws SQLException {
    fence.change(
        connection ->
            Rows.update(
                connection,
                """
                INSERT INTO lockkeeper.succession (nonce, promotion, backup, taken_at, state,
                  old_oid, new_name, old_name, begun_at)
                VALUES (?, ?, ?, ?, 'begun', ?, ?, ?, clock_timestamp())
                ON CONFLICT (nonce) DO UPDATE SET state = 'begun', new_oid = NULL,
                  backup = EXCLUDED.backup, taken_at = EXCLUDED.taken_at,
                  old_oid = EXCLUDED.old_oid
                """,
                row.nonce(),
                row.promotion(),
                row.backup(),
                row.takenAt(),
                row.oldOid(),
                row.newName(),
                row.oldName()));
  }

  /** The new database is as it should be; it need not be restored again. */
  public static void compared(Fence fence, String nonce, long newOid) throws SQLException {
    fence.change(
        connection ->
            Rows.update(
                connection,
                "UPDATE lockkeeper.succession SET state = 'compared', new_oid = ? WHERE nonce = ?",
                newOid,
                nonce));
  }

  private static List<Row> ofPromotions(Target target, String condition, String value)
      throws SQLException {
    return target.read(
        connection ->
            exists(connection)
                ? Rows.list(
                    connection,
                    "SELECT "
                        + COLUMNS
                        + " FROM lockkeeper.succession WHERE "
                        + condition
                        + " ORDER BY begun_at DESC",
                    Succession::row,
                    value)
                : List.of());
  }

  /** Ledgers of earlier versions do not have it. */
  static boolean exists(Connection connection) throws SQLException {
    return Rows.one(
        connection,
        "SELECT to_regclass('lockkeeper.succession') IS NOT NULL",
        row -> row.getBoolean(1));
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getTimestamp(4).toInstant(),
        State.valueOf(row.getString(5).toUpperCase(Locale.ROOT)),
        row.getLong(6),
        row.getLong(7),
        row.getString(8),
        row.getString(9),
        Optional.ofNullable(row.getTimestamp(10)).map(java.sql.Timestamp::toInstant));
  }
}
