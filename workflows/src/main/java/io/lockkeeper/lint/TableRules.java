package io.lockkeeper.lint;

import io.lockkeeper.section.Meaning.AlterTable;
import io.lockkeeper.section.Meaning.Cluster;
import io.lockkeeper.section.Meaning.DropIndex;
import io.lockkeeper.section.ObjectChange.AddValue;
import io.lockkeeper.section.ObjectChange.Drop;
import io.lockkeeper.section.ObjectChange.DropRoutine;
import io.lockkeeper.section.ObjectChange.OnTable;
import io.lockkeeper.section.ObjectChange.Refresh;
import io.lockkeeper.section.ObjectKind;
import io.lockkeeper.section.TableAction;
import io.lockkeeper.section.TableAction.AttachPartition;
import io.lockkeeper.section.TableAction.DetachPartition;
import io.lockkeeper.section.TableAction.DropColumn;
import io.lockkeeper.section.TableAction.DropConstraint;
import io.lockkeeper.section.TableAction.Rename;
import io.lockkeeper.section.TableAction.RenamePart;
import io.lockkeeper.section.TableAction.Rewrite;
import io.lockkeeper.section.Token;
import java.util.List;
import java.util.Optional;

/** Tables, views and types as wholes: dropped, renamed, written anew. */
final class TableRules {
  private TableRules() {}

  static void check(Place place) {
    if (cascades(place)) {
      place.tell(
          Hazard.CASCADE,
          Words.outside(place.tokens(), "cascade").orElse(place.tokens().get(0)),
          "CASCADE drops what nobody named: name it",
          Optional.empty());
    }
    if (place.meaning() instanceof Drop drop) {
      drop(place, drop);
    } else if (place.meaning() instanceof Refresh refresh && !refresh.concurrently()) {
      refresh(place, refresh);
    } else if (place.meaning() instanceof Cluster cluster
        && !place.before().made(cluster.table())) {
      place.tell(
          Hazard.CLUSTER,
          "CLUSTER writes all of " + cluster.table().text() + " anew behind a lock");
    } else if (place.meaning() instanceof AddValue value) {
      place.tell(
          Hazard.ENUM_VALUE,
          "a value that is added to " + value.type().text() + " cannot be taken out again");
    } else if (place.meaning() instanceof AlterTable alter && !place.before().made(alter.table())) {
      List<List<Token>> texts = Actions.of(place.statement(), alter);
      for (int at = 0; at < alter.actions().size(); at++) {
        altered(place, alter, alter.actions().get(at), texts.get(at).get(0));
      }
    }
  }

  private static boolean cascades(Place place) {
    return (place.meaning() instanceof Drop drop && drop.cascade())
        || (place.meaning() instanceof DropRoutine routine && routine.cascade())
        || (place.meaning() instanceof OnTable part && part.cascade())
        || (place.meaning() instanceof DropIndex index && index.cascade())
        || (place.meaning() instanceof AlterTable alter
            && alter.actions().stream().anyMatch(TableRules::cascades));
  }

  private static boolean cascades(TableAction action) {
    return (action instanceof DropColumn column && column.cascade())
        || (action instanceof DropConstraint constraint && constraint.cascade());
  }

  private static void drop(Place place, Drop drop) {
    boolean table = drop.of() == ObjectKind.TABLE || drop.of() == ObjectKind.FOREIGN_TABLE;
    if (table && !drop.names().stream().allMatch(place.before()::made)) {
      place.tell(
          Hazard.DROP_TABLE,
          "\""
              + drop.title()
              + "\" breaks every query on it: let the application stop using it"
              + " first");
    }
  }

  private static void refresh(Place place, Refresh refresh) {
    if (place.before().made(refresh.view()) || !refresh.withData()) {
      return;
    }
    Token word = place.tokens().get(2);
    place.tell(
        Hazard.PLAIN_REFRESH,
        "nobody can read " + refresh.view().text() + " until it is filled again",
        place.with(word, " CONCURRENTLY") + ";");
  }

  private static void altered(Place place, AlterTable alter, TableAction action, Token at) {
    String table = alter.table().text();
    if (action instanceof DropColumn column) {
      tell(
          place,
          Hazard.DROP_COLUMN,
          at,
          "dropping "
              + column.column()
              + " of "
              + table
              + " breaks every query that names it: let"
              + " the application stop using it first");
    } else if (action instanceof Rename rename && alter.of() != ObjectKind.INDEX) {
      tell(
          place,
          Hazard.RENAME,
          at,
          "from its commit on "
              + table
              + " is known as "
              + rename.to()
              + " alone: make a view of"
              + " the old name, or let both stand for a while");
    } else if (action instanceof RenamePart part && part.column()) {
      tell(
          place,
          Hazard.RENAME,
          at,
          "from its commit on "
              + part.from()
              + " of "
              + table
              + " is known as "
              + part.to()
              + " alone: add the new one, write both, drop the old one later");
    } else if (action instanceof Rewrite rewrite) {
      tell(
          place,
          Hazard.TABLE_REWRITE,
          at,
          "\"" + rewrite.title() + "\" writes all of " + table + " anew behind a lock");
    } else if (action instanceof DetachPartition detach
        && !detach.concurrently()
        && !detach.finish()) {
      detach(place, alter, detach, at);
    } else if (action instanceof AttachPartition attach
        && alter.of() == ObjectKind.TABLE
        && !place.before().made(attach.partition())) {
      tell(
          place,
          Hazard.ATTACH_SCAN,
          at,
          "all rows of "
              + attach.partition().text()
              + " are read while it is locked, unless a"
              + " check proves its bounds");
    }
  }

  private static void detach(Place place, AlterTable alter, DetachPartition detach, Token at) {
    place.tell(
        Hazard.PLAIN_DETACH,
        at,
        "detaching "
            + detach.partition().text()
            + " keeps everybody out of "
            + alter.table().text(),
        Optional.of(
            "ALTER TABLE "
                + Names.sql(alter.table())
                + " DETACH PARTITION "
                + Names.sql(detach.partition())
                + " CONCURRENTLY;"));
  }

  private static void tell(Place place, Hazard hazard, Token at, String message) {
    place.tell(hazard, at, message, Optional.empty());
  }
}
