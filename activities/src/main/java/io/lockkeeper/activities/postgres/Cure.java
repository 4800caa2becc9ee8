package io.lockkeeper.activities.postgres;

import io.lockkeeper.lint.Hazard;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.Unit;
import java.sql.SQLException;

/** What to do about a unit that the server refused, where more can be said than that. */
final class Cure {
  /** feature_not_supported. */
  private static final String NOT_SUPPORTED = "0A000";

  private Cure() {}

  /** A sentence without its end. */
  static String of(Unit unit, SQLException e) {
    boolean concurrentBuild =
        unit.statements().stream()
            .anyMatch(part -> part.meaning() instanceof CreateIndex index && index.concurrently());
    // Of an ordinary table the server supports it, whatever the columns are.
    if (concurrentBuild && SqlFailures.state(e).equals(NOT_SUPPORTED)) {
      return "The table is partitioned: make the index ON ONLY it, build one CONCURRENTLY on each"
          + " partition, attach them, each in a section of its own (deploy/docs/checks/"
          + Hazard.PARTITIONED_BUILD.code()
          + ".md), and push the change anew";
    }
    return "Mend the cause, then retry the step";
  }
}
