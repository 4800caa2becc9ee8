package io.lockkeeper.lint;

import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.RowChange.Copy;
import io.lockkeeper.section.RowChange.Lock;
import io.lockkeeper.section.RowChange.Target;
import io.lockkeeper.section.RowChange.Truncate;
import io.lockkeeper.section.RowChange.Verb;
import io.lockkeeper.section.RowChange.Write;
import java.util.List;

/** Rows that are changed, and tables that are locked for that. */
final class RowRules {
  private RowRules() {}

  static void check(Place place) {
    if (place.meaning() instanceof Write write) {
      write(place, write);
    } else if (place.meaning() instanceof Truncate truncate && !ours(place, truncate.tables())) {
      place.tell(
          Hazard.TRUNCATE,
          "\"" + truncate.title() + "\" removes all rows, and nobody can read until it commits");
    } else if (place.meaning() instanceof Lock lock && !ours(place, lock.tables())) {
      place.tell(
          Hazard.LOCK_TABLE,
          "\"" + lock.title() + "\" keeps others waiting until the unit commits: leave it out");
    } else if (place.meaning() instanceof Copy copy && copy.program()) {
      place.tell(
          Hazard.COPY_PROGRAM,
          "\"" + copy.title() + "\" starts a program on the database's server");
    }
  }

  private static boolean ours(Place place, List<QualifiedName> tables) {
    return tables.stream().allMatch(place.before()::made);
  }

  private static void write(Place place, Write write) {
    Target own = write.targets().get(write.targets().size() - 1);
    boolean all = own.verb() == Verb.UPDATE || own.verb() == Verb.DELETE;
    if (all
        && !place.before().made(own.table())
        && Words.outside(place.tokens(), "where").isEmpty()) {
      place.tell(
          Hazard.ALL_ROWS,
          "\""
              + write.title()
              + "\" has no WHERE: it "
              + (own.verb() == Verb.UPDATE ? "changes" : "deletes")
              + " every row of the table");
    }
  }
}
