package io.lockkeeper.activities.postgres;

import io.lockkeeper.activity.Progress;
import io.lockkeeper.activity.Progress.Counted;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far the statement of a backend is, as the server tells it, and how long the rest of its phase
 * takes at the rate of the last seconds. Source: pg_stat_progress_create_index (REINDEX too),
 * _vacuum and _cluster (PostgreSQL 12+), _analyze (13+), _copy (14+). Not safe for several threads.
 */
final class ServerProgress {
  private static final String QUERY =
      """
      SELECT CASE WHEN lockers_total > 0 AND phase LIKE 'waiting%%'
          THEN phase || ' (' || lockers_done || ' of ' || lockers_total || ' are gone)'
          ELSE phase END AS phase,
        CASE WHEN blocks_total > 0 THEN 'blocks' ELSE 'tuples' END AS counted,
        CASE WHEN blocks_total > 0 THEN blocks_done ELSE tuples_done END AS done,
        CASE WHEN blocks_total > 0 THEN blocks_total ELSE tuples_total END AS total
      FROM pg_stat_progress_create_index WHERE pid = %1$d
      UNION ALL SELECT phase, 'blocks', heap_blks_scanned, heap_blks_total
      FROM pg_stat_progress_vacuum WHERE pid = %1$d
      UNION ALL SELECT phase, 'blocks', heap_blks_scanned, heap_blks_total
      FROM pg_stat_progress_cluster WHERE pid = %1$d
      """;

  private static final String ANALYZE =
      """
      UNION ALL SELECT phase, 'blocks', sample_blks_scanned, sample_blks_total
      FROM pg_stat_progress_analyze WHERE pid = %1$d
      """;

  private static final String COPY =
      """
      UNION ALL SELECT lower(command), 'bytes', bytes_processed, bytes_total
      FROM pg_stat_progress_copy WHERE pid = %1$d
      """;

  private static final int ANALYZE_SINCE = 13;
  private static final int COPY_SINCE = 14;

  /** The rate is that of so many looks: a second each, so a change of pace shows soon. */
  private static final int LOOKS = 10;

  private final int pid;
  private final Deque<Look> looks = new ArrayDeque<>();

  private record Look(long nanos, String phase, Counted counted) {}

  /** What is told of it. */
  record Told(
      String phase,
      Optional<Double> percent,
      Optional<Counted> counted,
      Optional<Double> secondsLeft) {
    Progress in(Progress progress) {
      return progress.phase(phase, percent, counted, secondsLeft);
    }
  }

  ServerProgress(int pid) {
    this.pid = pid;
  }

  /** Nothing where the server tells nothing of that backend. */
  Optional<Told> look(Connection connection) throws SQLException {
    Optional<Look> now =
        Rows.first(
            connection,
            query(connection.getMetaData().getDatabaseMajorVersion()),
            row ->
                new Look(
                    System.nanoTime(),
                    row.getString("phase"),
                    new Counted(
                        row.getString("counted"), row.getLong("done"), row.getLong("total"))));
    if (now.isEmpty()) {
      looks.clear();
    }
    return now.map(this::told);
  }

  private String query(int version) {
    String query =
        QUERY + (version >= ANALYZE_SINCE ? ANALYZE : "") + (version >= COPY_SINCE ? COPY : "");
    return String.format(Locale.ROOT, query, pid);
  }

  private Told told(Look now) {
    @Nullable Look last = looks.peekLast();
    if (last != null && !samePhase(last, now)) {
      looks.clear();
    }
    looks.add(now);
    if (looks.size() > LOOKS) {
      looks.remove();
    }
    Counted counted = now.counted();
    if (counted.total() <= 0) {
      return new Told(now.phase(), Optional.empty(), Optional.empty(), Optional.empty());
    }
    double percent = Math.min(100, 100.0 * counted.done() / counted.total());
    return new Told(now.phase(), Optional.of(percent), Optional.of(counted), left(now));
  }

  private static boolean samePhase(Look one, Look other) {
    return one.phase().equals(other.phase())
        && one.counted().total() == other.counted().total()
        && one.counted().done() <= other.counted().done();
  }

  private Optional<Double> left(Look now) {
    Look first = looks.getFirst();
    double seconds = (now.nanos() - first.nanos()) / 1e9;
    long moved = now.counted().done() - first.counted().done();
    return moved > 0 && seconds >= 1
        ? Optional.of((now.counted().total() - now.counted().done()) * seconds / moved)
        : Optional.empty();
  }
}
