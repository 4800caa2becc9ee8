package io.lockkeeper.activities.postgres;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.postgresql.copy.CopyManager;
import org.postgresql.jdbc.PgConnection;

/**
 * Brings the ledger of the live database into the one that takes its place: an old ledger would
 * know neither spent grants nor later units. What it says of units is mended, because what stands
 * in the other database is another state of things. A second call begins anew.
 */
public final class LedgerCarrier {
  private final Fence live;

  /**
   * @param live holds the lock there, so that nothing is written meanwhile
   */
  public LedgerCarrier(Fence live) {
    this.live = live;
  }

  /**
   * Into a restored database. Units that came after the backup are gone there, and those that were
   * taken back since are there again.
   */
  public void intoRestored(Connection beside, Succession.Row row) throws SQLException {
    prepare(beside);
    Rows.execute(beside, "DROP SCHEMA IF EXISTS lockkeeper CASCADE");
    LedgerSchema.install(beside);
    inTransaction(
        beside,
        () -> {
          copy(beside);
          Rows.update(
              beside,
              """
              UPDATE lockkeeper.unit SET state = 'finished', reverted_at = NULL, reverted_parts = 0,
                outcome = 'there again: ' || ? || ' was restored'
              WHERE state IN ('reverting', 'reverted') AND finished_at <= ?
                AND coalesce(reverted_at > ?, true)
              """,
              row.backup(),
              row.takenAt(),
              row.takenAt());
          gone(beside, row, row.takenAt());
          succeed(beside, "swapped_at", "swapped", row.nonce());
          closeGrants(beside, row);
        });
  }

  /**
   * Back into the database that stood aside since a restore. Its own units are as it left them;
   * those that came later are not there.
   */
  public void intoFormer(Connection former, Succession.Row row) throws SQLException {
    prepare(former);
    LedgerSchema.install(former);
    inTransaction(
        former,
        () -> {
          Rows.execute(former, "CREATE TEMP TABLE stood ON COMMIT DROP AS TABLE lockkeeper.unit");
          copy(former);
          gone(former, row, row.swappedAt().orElseThrow());
          Rows.execute(
              former,
              """
              DELETE FROM lockkeeper.unit u USING stood s
              WHERE (u.promotion, u.pass, u.section, u.unit)
                = (s.promotion, s.pass, s.section, s.unit);
              INSERT INTO lockkeeper.unit OVERRIDING SYSTEM VALUE SELECT * FROM stood;
              """);
          succeed(former, "undone_at", "undone", row.nonce());
          closeGrants(former, row);
        });
  }

  /** The settings of the live database are those of the other one already. */
  private static void prepare(Connection connection) throws SQLException {
    Rows.execute(
        connection,
        "SET default_transaction_read_only = off; SET statement_timeout = 0; SET lock_timeout = 0");
  }

  /** All tables of the ledger, row by row as they are, and the next values of their sequences. */
  private void copy(Connection to) throws SQLException {
    Connection from = live.connection();
    List<String> tables =
        names(from, "relkind = 'r' AND relname <> 'version'").stream().sorted().toList();
    Rows.execute(to, "TRUNCATE " + String.join(", ", tables));
    for (String table : tables) {
      copy(from, to, table);
    }
    for (String sequence : names(from, "relkind = 'S'")) {
      String next =
          Rows.one(
              from,
              "SELECT last_value || ', ' || is_called FROM " + sequence,
              row -> row.getString(1));
      Rows.one(to, "SELECT setval('" + sequence + "', " + next + ")", row -> row.getLong(1));
    }
    Rows.update(to, "UPDATE lockkeeper.lease SET epoch = epoch + 1, taken_at = clock_timestamp()");
  }

  private static List<String> names(Connection connection, String condition) throws SQLException {
    return Rows.list(
        connection,
        "SELECT format('lockkeeper.%I', relname) FROM pg_class"
            + " WHERE relnamespace = 'lockkeeper'::regnamespace AND "
            + condition,
        row -> row.getString(1));
  }

  private static void copy(Connection from, Connection to, String table) throws SQLException {
    String columns =
        Rows.one(
            from,
            """
            SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
            WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
            """,
            row -> row.getString(1),
            table);
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    try {
      String what = "COPY " + table + " (" + columns + ")";
      manager(from).copyOut(what + " TO STDOUT", rows);
      manager(to).copyIn(what + " FROM STDIN", new ByteArrayInputStream(rows.toByteArray()));
    } catch (IOException e) {
      throw new SQLException("copying " + table, "08000", e);
    }
  }

  private static CopyManager manager(Connection connection) throws SQLException {
    return connection.unwrap(PgConnection.class).getCopyAPI();
  }

  /** What was not whole at that time is not in a database of that time. */
  private static void gone(Connection connection, Succession.Row row, Instant since)
      throws SQLException {
    Rows.update(
        connection,
        """
        UPDATE lockkeeper.unit SET state = 'reverted', reverted_at = clock_timestamp(),
          reverted_parts = cardinality(inverse), outcome = 'gone: ' || ? || ' was restored'
        WHERE state <> 'reverted' AND coalesce(finished_at > ?, true)
        """,
        row.backup(),
        since);
  }

  private static void succeed(Connection connection, String at, String state, String nonce)
      throws SQLException {
    Rows.update(
        connection,
        "UPDATE lockkeeper.succession SET state = ?, "
            + at
            + " = clock_timestamp() WHERE nonce = ?",
        state,
        nonce);
  }

  /** Whoever was let in was let into the database that is live no more. */
  private static void closeGrants(Connection connection, Succession.Row row) throws SQLException {
    Rows.update(
        connection,
        """
        UPDATE lockkeeper."grant" SET closed_at = clock_timestamp(), closed_because =
          'it was for the database before ' || ? || ' swapped in another one'
        WHERE closed_at IS NULL
        """,
        row.promotion());
  }

  /** Something done in one transaction. */
  private interface Change {
    void make() throws SQLException;
  }

  private static void inTransaction(Connection connection, Change change) throws SQLException {
    connection.setAutoCommit(false);
    try {
      change.make();
      connection.commit();
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }
}
