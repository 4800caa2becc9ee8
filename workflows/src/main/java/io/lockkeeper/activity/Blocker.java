package io.lockkeeper.activity;

import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Somebody whose lock is waited for. Source: pg_stat_activity, pg_blocking_pids, pg_prepared_xacts.
 *
 * @param pid of the backend; zero for a prepared transaction, which has none
 * @param user as he logged in
 * @param application application_name; of a prepared transaction its identifier
 * @param state {@code active}, {@code idle in transaction}, {@code prepared}, or the kind of
 *     backend where it is no client
 * @param stateSeconds since when it is in that state
 * @param transactionSeconds age of its transaction; zero where it is not told
 * @param query its first 200 characters with {@code ?} for each literal; only for what is shown
 *     live, never in a result
 * @param waitsFor who stands before it in turn; empty where it waits for nobody
 */
public record Blocker(
    int pid,
    String user,
    String application,
    String state,
    double stateSeconds,
    double transactionSeconds,
    Optional<String> query,
    List<Blocker> waitsFor) {
  /** Up to here people compare ages in seconds. */
  private static final double HOURS = 7_200;

  public Blocker {
    waitsFor = List.copyOf(waitsFor);
  }

  /** For people, with those it waits for and without any query. */
  public String text() {
    String who = pid == 0 ? "prepared transaction" : "pid " + pid;
    String named = application.isEmpty() ? "" : " \"" + application + "\"";
    String of = user.isEmpty() ? "" : " of " + user;
    String how =
        pid == 0
            ? " for " + time(transactionSeconds)
            : " "
                + state
                + " for "
                + time(stateSeconds)
                + (transactionSeconds > stateSeconds + 1
                    ? ", its transaction " + time(transactionSeconds)
                    : "");
    return who
        + named
        + of
        + how
        + (waitsFor.isEmpty() ? "" : ", which waits for (" + text(waitsFor) + ")");
  }

  /** Several of them in a row; empty for none. */
  public static String text(List<Blocker> blockers) {
    return blockers.stream().map(Blocker::text).collect(Collectors.joining("; "));
  }

  private static String time(double seconds) {
    return seconds < HOURS
        ? (long) seconds + " s"
        : Quantity.print(Math.floor(seconds), Dimension.TIME);
  }
}
