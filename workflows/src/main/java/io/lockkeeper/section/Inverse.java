package io.lockkeeper.section;

import io.lockkeeper.section.Meaning.AlterTable;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.ObjectChange.Act;
import io.lockkeeper.section.ObjectChange.Create;
import io.lockkeeper.section.ObjectChange.CreateRoutine;
import io.lockkeeper.section.ObjectChange.Drop;
import io.lockkeeper.section.ObjectChange.OnTable;
import io.lockkeeper.section.WayBack.Derived;
import io.lockkeeper.section.WayBack.FromCatalog;
import io.lockkeeper.section.WayBack.Given;
import io.lockkeeper.section.WayBack.Nothing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What takes a statement back, as far as it alone tells. */
public final class Inverse {
  private static final WayBack NOTHING = new Nothing();
  private static final WayBack FORMER = new FromCatalog("makes the former one again");
  private static final WayBack FORMER_VALUE = new FromCatalog("puts the former value back");
  private static final WayBack FILLED =
      new FromCatalog("empties it where it was empty before, and fills it where it was not");
  private static final WayBack ROWS = new Given("rows that it changed cannot be known from it");
  private static final WayBack CASCADE =
      new Given("what CASCADE drops besides cannot be known from it");

  private Inverse() {}

  /**
   * Nothing where the author must give it; an empty list where there is nothing to take back, or
   * where only the catalog tells what.
   */
  public static Optional<List<String>> of(Meaning meaning) {
    WayBack back = wayBack(meaning);
    if (back instanceof Given) {
      return Optional.empty();
    }
    return Optional.of(back instanceof Derived derived ? derived.statements() : List.of());
  }

  /** Whether its author must give it. */
  public static boolean mustBeGiven(Meaning meaning) {
    return wayBack(meaning) instanceof Given;
  }

  /**
   * The way back of one statement.
   *
   * <p>An index is dropped in the schema of its table, because that is where it was made.
   */
  public static WayBack wayBack(Meaning meaning) {
    return wayBack(meaning, false);
  }

  /**
   * As above.
   *
   * @param losesData the author's word that taking back may lose data
   */
  public static WayBack wayBack(Meaning meaning, boolean losesData) {
    if (meaning instanceof CreateIndex index) {
      return index.ifNotExists()
          ? new FromCatalog("drops it where it was not there before")
          : new Derived(List.of(dropIndex(index.table().schema(), index.name())));
    }
    if (meaning instanceof Meaning.DropIndex drop) {
      return drop.cascade() ? CASCADE : new FromCatalog("builds the former index again");
    }
    if (meaning instanceof AlterTable alter) {
      return alter(alter, losesData);
    }
    if (meaning instanceof ObjectChange change) {
      return object(change);
    }
    if (meaning instanceof RowChange change) {
      return row(change);
    }
    if (meaning instanceof Meaning.Other) {
      return new Given("what it does is not known");
    }
    // Maintain, Reindex, Cluster: only how things are stored.
    return NOTHING;
  }

  /** Concurrently also where the index was made with a lock: taking back must not block. */
  public static String dropIndex(Optional<String> schema, String name) {
    return "DROP INDEX CONCURRENTLY " + new QualifiedName(schema, name).sql();
  }

  /** The last action is taken back first; one that must be given makes all of it so. */
  private static WayBack alter(AlterTable alter, boolean losesData) {
    List<String> statements = new ArrayList<>();
    List<String> words = new ArrayList<>();
    for (TableAction action : alter.actions()) {
      WayBack back = action(alter, action, losesData);
      if (back instanceof Given) {
        return back;
      }
      if (back instanceof FromCatalog catalog) {
        words.add(catalog.what());
      } else if (back instanceof Derived derived) {
        statements.addAll(derived.statements());
      }
    }
    if (!words.isEmpty()) {
      return new FromCatalog(String.join("; ", words.stream().distinct().toList()));
    }
    Collections.reverse(statements);
    return statements.isEmpty() ? NOTHING : new Derived(statements);
  }

  private static WayBack action(AlterTable alter, TableAction action, boolean losesData) {
    if (action instanceof TableAction.AddColumn) {
      return losesData
          ? new FromCatalog("drops the column, with what it holds, where it was not there before")
          : new FromCatalog(
              "leaves the column, without default and NOT NULL, where it was not there before");
    }
    if (action instanceof TableAction.DropColumn) {
      return new Given("what the column held is lost");
    }
    if (action instanceof TableAction.ColumnType) {
      return new Given("values of the new type may not fit the former one");
    }
    if (action instanceof TableAction.AddConstraint added) {
      return added.name().isPresent() && added.usingIndex().isEmpty()
          ? new Derived(List.of(change(alter, "DROP CONSTRAINT " + quoted(added.name().get()))))
          : new FromCatalog("drops the constraint that it made");
    }
    if (action instanceof TableAction.DropConstraint drop) {
      return drop.cascade() ? CASCADE : FORMER;
    }
    if (action instanceof TableAction.Rename rename) {
      QualifiedName now = new QualifiedName(alter.table().schema(), rename.to());
      return new Derived(
          List.of(
              "ALTER "
                  + alter.of().sql()
                  + " "
                  + now.sql()
                  + " RENAME TO "
                  + quoted(alter.table().name())));
    }
    if (action instanceof TableAction.RenamePart part) {
      return new Derived(
          List.of(
              change(
                  alter,
                  "RENAME "
                      + (part.column() ? "COLUMN " : "CONSTRAINT ")
                      + quoted(part.to())
                      + " TO "
                      + quoted(part.from()))));
    }
    if (action instanceof TableAction.AttachPartition attach) {
      return alter.of() == ObjectKind.INDEX
          ? new Given("a partition's index cannot be detached")
          : new Derived(List.of(change(alter, "DETACH PARTITION " + attach.partition().sql())));
    }
    if (action instanceof TableAction.DetachPartition) {
      return new FromCatalog("attaches the partition with its former bounds");
    }
    if (action instanceof TableAction.Rewrite || action instanceof TableAction.Rest) {
      return new Given("what was there before is not read for it");
    }
    return FORMER_VALUE;
  }

  private static String change(AlterTable alter, String action) {
    return "ALTER " + alter.of().sql() + " " + alter.table().sql() + " " + action;
  }

  private static String quoted(String name) {
    return QualifiedName.quote(name);
  }

  private static WayBack object(ObjectChange change) {
    if (change instanceof Create create) {
      return created(create);
    }
    if (change instanceof Drop drop) {
      return dropped(drop);
    }
    if (change instanceof CreateRoutine routine) {
      return routine.orReplace()
          ? new FromCatalog("drops it, or makes the former one again")
          : new Derived(List.of("DROP " + routine.of().sql() + " " + routine.signature().sql()));
    }
    if (change instanceof ObjectChange.DropRoutine drop) {
      return drop.cascade() ? CASCADE : FORMER;
    }
    if (change instanceof ObjectChange.AlterRoutine) {
      return FORMER;
    }
    if (change instanceof OnTable part) {
      return onTable(part);
    }
    if (change instanceof ObjectChange.Privileges privileges) {
      return privileges.plain()
          ? new FromCatalog("gives and takes what differs from the former privileges")
          : new Given("the former privileges of this form are not read for it");
    }
    if (change instanceof ObjectChange.Comment comment) {
      return comment.of().isPresent()
          ? new FromCatalog("puts the former comment back")
          : new Given("the former comment of this kind is not read for it");
    }
    if (change instanceof ObjectChange.Refresh refresh) {
      return refresh.concurrently() ? NOTHING : FILLED;
    }
    if (change instanceof ObjectChange.StoredSetting) {
      return FORMER_VALUE;
    }
    if (change instanceof ObjectChange.AddValue) {
      return new Given("a value of a type cannot be removed");
    }
    return new Given("what was there before is not read for it");
  }

  private static WayBack created(Create create) {
    if (create.name().schema().filter("pg_temp"::equals).isPresent()) {
      return NOTHING;
    }
    if (create.orReplace()) {
      return new FromCatalog("drops it, or makes the former one again");
    }
    return create.ifNotExists()
        ? new FromCatalog("drops it where it was not there before")
        : new Derived(List.of("DROP " + create.of().sql() + " " + create.name().sql()));
  }

  private static WayBack dropped(Drop drop) {
    if (drop.cascade()) {
      return CASCADE;
    }
    return switch (drop.of()) {
      case VIEW, MATERIALIZED_VIEW, SCHEMA -> FORMER;
      default -> new Given("what it held is lost");
    };
  }

  private static WayBack onTable(OnTable part) {
    if (part.act() == Act.CREATE) {
      return part.orReplace()
          ? new FromCatalog("drops it, or makes the former one again")
          : new Derived(
              List.of(
                  "DROP "
                      + part.of().sql()
                      + " "
                      + quoted(part.name())
                      + " ON "
                      + part.table().sql()));
    }
    return part.cascade() ? CASCADE : FORMER;
  }

  private static WayBack row(RowChange change) {
    if (change instanceof RowChange.Query query) {
      return query.calls().isEmpty()
          ? NOTHING
          : new Given("a function that it calls may do anything");
    }
    if (change instanceof RowChange.Copy copy) {
      return copy.in() ? ROWS : NOTHING;
    }
    if (change instanceof RowChange.Lock || change instanceof RowChange.Setting) {
      return NOTHING;
    }
    return change instanceof RowChange.Block ? new Given("what it does is not known") : ROWS;
  }
}
