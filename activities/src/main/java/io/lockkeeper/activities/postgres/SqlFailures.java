package io.lockkeeper.activities.postgres;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Makes messages of what the driver throws, by SQLState. Row values stay out of them. */
public final class SqlFailures {
  private SqlFailures() {}

  /** Whether the connection is gone or was never there: the same statement may succeed later. */
  public static boolean isConnection(SQLException e) {
    String state = state(e);
    return state.startsWith("08")
        || state.equals("57P01")
        || state.equals("57P02")
        || state.equals("57P03")
        || state.equals("53300")
        || state.isEmpty();
  }

  /** Whether a lock was not there in time: 55P03 lock_not_available. */
  public static boolean isLockTimeout(SQLException e) {
    return state(e).equals("55P03");
  }

  /** Whether somebody cancelled the statement: 57014 query_canceled. */
  public static boolean isCancelled(SQLException e) {
    return state(e).equals("57014");
  }

  /** Whether a thing is missing: undefined table, schema or column. */
  public static boolean isMissing(SQLException e) {
    String state = state(e);
    return state.equals("42P01") || state.equals("3F000") || state.equals("42704");
  }

  /** Whether a query names what is not there: undefined column, table, schema or function. */
  public static boolean isUndefined(SQLException e) {
    String state = state(e);
    return state.equals("42703")
        || state.equals("42P01")
        || state.equals("3F000")
        || state.equals("42883");
  }

  public static String state(SQLException e) {
    @Nullable String state = e.getSQLState();
    return state == null ? "" : state;
  }

  /** The server's own sentence with its SQLState; details hold row values and are left out. */
  public static String text(SQLException e) {
    // The pool tells of itself; why it has no connection stands behind it.
    if (e instanceof SQLTransientConnectionException && e.getCause() instanceof SQLException why) {
      return text(why);
    }
    String message = String.valueOf(e.getMessage());
    if (e instanceof PSQLException server) {
      @Nullable ServerErrorMessage told = server.getServerErrorMessage();
      if (told != null && told.getMessage() != null) {
        message = told.getMessage();
      }
    }
    String first = message.lines().findFirst().orElse("no message");
    return state(e).isEmpty() ? first : first + " (SQLState " + state(e) + ")";
  }

  /**
   * A failure for people.
   *
   * @param tried what was tried, as it reads in "tried to read the ledger of magnus (dev)"
   */
  public static LockkeeperException of(String tried, Target target, SQLException e) {
    String state = state(e);
    String what = tried + " of " + target.title();
    if (state.startsWith("28")) {
      return new LockkeeperException(
          FailureCode.TARGET_CREDENTIALS,
          what,
          text(e),
          "the target does not let user " + target.settings().user() + " in",
          "Check user and " + target.settings().password() + " in the worker's file",
          e);
    }
    if (state.equals("3D000")) {
      return new LockkeeperException(
          FailureCode.WRONG_TARGET,
          what,
          text(e),
          "the server has no such database",
          "Check the url in the worker's file",
          e);
    }
    if (isConnection(e)) {
      return new LockkeeperException(
          FailureCode.TARGET_UNREACHABLE,
          what,
          text(e),
          "it is not known what the target is doing; what was done stands in its ledger",
          "Bring the target back; it is tried again by itself",
          e);
    }
    return new LockkeeperException(
        FailureCode.SQL_FAILED,
        what,
        text(e),
        "the statement had no effect",
        "Mend the cause, then retry the step",
        e);
  }
}
