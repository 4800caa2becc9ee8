package io.lockkeeper.activities.postgres;

import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.ObjectState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a promotion made on a target and has not taken back: the ledger's units, and of those that
 * make an index the catalog's word on it. What was there before, and was only adopted, is not among
 * it.
 */
public record Staying(List<ObjectState> indexes, List<String> missing, List<String> others) {
  /** More titles nobody reads in a sentence. */
  private static final int TOLD = 20;

  private static final String QUERY =
      """
      SELECT u.title, u.object_name IS NOT NULL AS makes_index,
        quote_ident(coalesce(u.object_schema, current_schema())) || '.' || quote_ident(u.object_name) AS name,
        coalesce(u.object_table, '') AS of_table,
        i.indexrelid IS NOT NULL AS there,
        coalesce(i.indisvalid AND i.indisready AND i.indislive, false) AS valid,
        coalesce(pg_relation_size(i.indexrelid), 0) AS size,
        coalesce(pg_stat_get_numscans(i.indexrelid), 0) AS scans
      FROM lockkeeper.unit u
      LEFT JOIN pg_namespace n ON n.nspname = coalesce(u.object_schema, current_schema())
      LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = u.object_name
      LEFT JOIN pg_index i ON i.indexrelid = c.oid
      WHERE u.promotion = ? AND u.state <> 'reverted' AND NOT u.adopted AND u.pass <> 'back'
      ORDER BY u.place
      """;

  public Staying {
    indexes = List.copyOf(indexes);
    missing = List.copyOf(missing);
    others = List.copyOf(others);
  }

  /** One unit, as the ledger and the catalog have it. */
  private record Found(
      String title, boolean makesIndex, boolean there, String name, ObjectState state) {}

  /** Nothing where the target has no ledger. */
  public static Optional<Staying> of(Target target, String promotion) throws SQLException {
    try {
      return Optional.of(sorted(target.read(connection -> found(connection, promotion))));
    } catch (SQLException e) {
      if (SqlFailures.isMissing(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static List<Found> found(Connection connection, String promotion) throws SQLException {
    return Rows.list(
        connection,
        QUERY,
        row -> {
          boolean index = row.getBoolean("makes_index");
          String name = index ? row.getString("name") : "";
          return new Found(
              row.getString("title"),
              index,
              row.getBoolean("there"),
              name,
              new ObjectState(
                  name,
                  row.getString("of_table"),
                  row.getBoolean("valid"),
                  row.getLong("size"),
                  row.getLong("scans")));
        },
        promotion);
  }

  private static Staying sorted(List<Found> units) {
    List<ObjectState> indexes = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (Found unit : units) {
      if (!unit.makesIndex()) {
        others.add(unit.title());
      } else if (unit.there()) {
        indexes.add(unit.state());
      } else {
        missing.add(unit.name());
      }
    }
    return new Staying(indexes, missing, others);
  }

  public boolean isEmpty() {
    return indexes.isEmpty() && missing.isEmpty() && others.isEmpty();
  }

  /** {@code 7 indexes stay, all valid}, and what else. */
  public String sentence() {
    List<String> parts = new ArrayList<>();
    List<String> invalid = indexes.stream().filter(i -> !i.valid()).map(ObjectState::name).toList();
    if (!indexes.isEmpty()) {
      parts.add(
          indexes.size()
              + (indexes.size() == 1 ? " index stays, " : " indexes stay, ")
              + (invalid.isEmpty() ? "all valid" : "INVALID: " + told(invalid)));
    }
    if (!missing.isEmpty()) {
      parts.add("begun and not there: " + told(missing));
    }
    if (!others.isEmpty()) {
      parts.add("stays too: " + told(others));
    }
    return String.join("; ", parts);
  }

  private static String told(List<String> names) {
    String first = String.join(", ", names.subList(0, Math.min(TOLD, names.size())));
    return names.size() > TOLD ? first + " and " + (names.size() - TOLD) + " more" : first;
  }

  public Evidence.Objects evidence() {
    return new Evidence.Objects(indexes, missing, List.of());
  }
}
