package io.lockkeeper.activities;

import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activity.Progress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * How far an index build is, in words and percent. Source: pg_stat_progress_create_index
 * (PostgreSQL 12+).
 */
final class BuildProgress {
  private static final String QUERY =
      """
      SELECT phase, blocks_done, blocks_total, tuples_done, tuples_total
      FROM pg_stat_progress_create_index WHERE pid = ?
      """;

  private final Target target;

  BuildProgress(Target target) {
    this.target = target;
  }

  /** The progress with phase and percent, where the backend builds an index. */
  Progress refine(Progress progress, int pid) {
    if (pid == 0) {
      return progress;
    }
    try {
      return target.read(connection -> refine(connection, progress, pid));
    } catch (SQLException e) {
      // It is only for show: the work itself finds out what is wrong with the target.
      return progress;
    }
  }

  private static Progress refine(Connection connection, Progress progress, int pid)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
      statement.setInt(1, pid);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return progress;
        }
        String phase = row.getString("phase");
        double blocks = row.getDouble("blocks_total");
        double tuples = row.getDouble("tuples_total");
        Optional<Double> percent =
            blocks > 0
                ? Optional.of(100 * row.getDouble("blocks_done") / blocks)
                : tuples > 0
                    ? Optional.of(100 * row.getDouble("tuples_done") / tuples)
                    : Optional.empty();
        return new Progress(
            progress.what() + ": " + phase, percent, progress.unit(), progress.units());
      }
    }
  }
}
