package io.lockkeeper.environment;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a target is like, as far as the time of one change hangs on it. It travels as evidence,
 * because no worker sees another environment's target. Sizes are bytes.
 *
 * @param server its version: {@code 15.18}
 * @param tables that the change touches and that are there, the {@link #TABLES} largest, largest
 *     first
 * @param settings of the server that change how long work takes, as it prints them, by name
 * @param sections how much each has to read or write, in order; the first {@link #SECTIONS}
 */
public record TargetLook(
    String server, List<Survey.Table> tables, Map<String, String> settings, List<Scope> sections) {
  /** Of more tables than this the largest are told: Temporal carries it. */
  public static final int TABLES = 30;

  /** Of more sections than this the first are told. */
  public static final int SECTIONS = 200;

  /**
   * What a section's time grows with: relations that its statements read or write whole. What only
   * makes entries in the catalog counts nothing.
   *
   * @param forward size of those of its statements; zero where there are none
   * @param back the same, of the statements that take it back
   */
  public record Scope(String section, long forward, long back) {}

  public TargetLook {
    tables = List.copyOf(tables);
    settings = Map.copyOf(settings);
    sections = List.copyOf(sections);
  }

  /** Whether there may be tables that are not told. */
  public boolean mayHaveMoreTables() {
    return tables.size() >= TABLES;
  }

  public Optional<Survey.Table> table(String name) {
    return tables.stream().filter(table -> table.name().equals(name)).findFirst();
  }

  public Optional<Scope> section(String name) {
    return sections.stream().filter(scope -> scope.section().equals(name)).findFirst();
  }
}
