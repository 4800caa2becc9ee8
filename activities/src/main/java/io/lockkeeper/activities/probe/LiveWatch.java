package io.lockkeeper.activities.probe;

import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.limit.Reading;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** The live metrics of one database, counted from its first look. Safe for many threads. */
public final class LiveWatch {
  private final RecentShares recent = new RecentShares();
  private Map<String, String> marks = Map.of();

  /** Looks at the server. */
  public synchronized Map<String, Reading> look(Target target) throws SQLException {
    ServerFigures figures = target.read(ServerFigures::of);
    LiveFigures.Sampled sampled = LiveFigures.of(figures, marks);
    marks = sampled.marks();
    recent.see(Instant.now(), figures.counters());
    Map<String, Reading> readings = new LinkedHashMap<>(sampled.readings());
    readings.putAll(recent.readings(Instant.EPOCH));
    return readings;
  }
}
