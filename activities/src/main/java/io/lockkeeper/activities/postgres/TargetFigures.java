package io.lockkeeper.activities.postgres;

import io.lockkeeper.limit.Reading;
import java.sql.SQLException;
import java.util.Map;

/** Reads the live figures of a target that a guard judges, by metric. */
public interface TargetFigures {
  Map<String, Reading> read() throws SQLException;
}
