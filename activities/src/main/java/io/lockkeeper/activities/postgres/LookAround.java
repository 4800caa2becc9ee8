package io.lockkeeper.activities.postgres;

import io.lockkeeper.environment.Survey;
import io.lockkeeper.environment.TargetLook;
import io.lockkeeper.environment.TargetLook.Scope;
import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells what a target is like, so that another one can be compared with it. Reads only. */
public final class LookAround {
  /** What changes how long the same work takes on the same rows; our own time-outs are not. */
  private static final List<String> SETTINGS =
      List.of(
          "autovacuum",
          "effective_cache_size",
          "effective_io_concurrency",
          "fsync",
          "full_page_writes",
          "jit",
          "maintenance_work_mem",
          "max_parallel_maintenance_workers",
          "max_parallel_workers",
          "max_wal_size",
          "random_page_cost",
          "shared_buffers",
          "synchronous_commit",
          "wal_level",
          "work_mem");

  private final Connection connection;
  private final Map<QualifiedName, Long> sizes = new LinkedHashMap<>();

  /**
   * What a section's time grows with.
   *
   * @param forward relations that its statements read or write whole
   * @param back those that the statements do which take it back
   */
  public record Reach(String section, List<QualifiedName> forward, List<QualifiedName> back) {
    public Reach {
      forward = List.copyOf(forward);
      back = List.copyOf(back);
    }
  }

  private LookAround(Connection connection) {
    this.connection = connection;
  }

  /**
   * What it is like now.
   *
   * @param tables that the change touches
   */
  public static TargetLook of(Target target, List<QualifiedName> tables, List<Reach> sections)
      throws SQLException {
    return target.read(connection -> new LookAround(connection).look(tables, sections));
  }

  private TargetLook look(List<QualifiedName> tables, List<Reach> sections) throws SQLException {
    List<Survey.Table> found = Surveyor.tables(connection, tables);
    List<Scope> scopes = new ArrayList<>();
    for (Reach reach : sections.subList(0, Math.min(TargetLook.SECTIONS, sections.size()))) {
      scopes.add(new Scope(reach.section(), size(reach.forward()), size(reach.back())));
    }
    return new TargetLook(
        version(), found.subList(0, Math.min(TargetLook.TABLES, found.size())), settings(), scopes);
  }

  private String version() throws SQLException {
    int number =
        Rows.one(
            connection, "SELECT current_setting('server_version_num')::int", row -> row.getInt(1));
    return number / 10_000 + "." + number % 10_000;
  }

  private Map<String, String> settings() throws SQLException {
    Map<String, String> settings = new LinkedHashMap<>();
    Rows.list(
            connection,
            "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY (?)",
            row -> Map.entry(row.getString(1), row.getString(2)),
            SETTINGS)
        .forEach(setting -> settings.put(setting.getKey(), setting.getValue()));
    return settings;
  }

  /** Of those that are there. */
  private long size(List<QualifiedName> relations) throws SQLException {
    long sum = 0;
    for (QualifiedName relation : relations) {
      if (!sizes.containsKey(relation)) {
        Optional<Survey.Table> found = Surveyor.table(connection, relation);
        sizes.put(relation, found.map(Survey.Table::size).orElse(0L));
      }
      sum += sizes.get(relation);
    }
    return sum;
  }
}
