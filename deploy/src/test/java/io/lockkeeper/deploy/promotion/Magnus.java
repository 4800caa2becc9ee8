package io.lockkeeper.deploy.promotion;

import io.lockkeeper.deploy.fixture.Up;
import java.util.List;

/** What the example's change makes on a target. */
final class Magnus {
  static final List<String> SECTIONS =
      List.of(
          "10_stocks",
          "20_options_chains",
          "30_positions",
          "40_kalshi_markets",
          "50_nfl_games",
          "90_vacuum");

  private static final String INDEXES =
      """
      SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE c.relname LIKE 'idx\\_%' AND i.indisvalid AND i.indisready AND i.indislive ORDER BY 1
      """;

  private Magnus() {}

  static List<String> validIndexes(String environment) {
    return Up.shared().target(environment).list(INDEXES);
  }

  /** As a person would who wants to begin anew. */
  static void dropIndexes(String environment) {
    for (String index : validIndexes(environment)) {
      Up.shared().target(environment).execute("DROP INDEX " + index);
    }
  }
}
