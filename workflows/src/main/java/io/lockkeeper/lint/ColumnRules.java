package io.lockkeeper.lint;

import io.lockkeeper.section.Meaning.AlterTable;
import io.lockkeeper.section.ObjectChange.Create;
import io.lockkeeper.section.ObjectKind;
import io.lockkeeper.section.TableAction;
import io.lockkeeper.section.TableAction.AddColumn;
import io.lockkeeper.section.TableAction.ColumnType;
import io.lockkeeper.section.Token;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Columns that are added and changed. */
final class ColumnRules {
  private static final Set<String> SMALL = Set.of("int", "integer", "int4", "smallint", "int2");
  private static final Set<String> SMALL_SERIAL =
      Set.of("serial", "serial4", "smallserial", "serial2");

  private ColumnRules() {}

  static void check(Place place) {
    if (place.meaning() instanceof Create create && create.of() == ObjectKind.TABLE) {
      smallKey(place);
      return;
    }
    if (!(place.meaning() instanceof AlterTable alter) || alter.of() != ObjectKind.TABLE) {
      return;
    }
    List<List<Token>> texts = Actions.of(place.statement(), alter);
    for (int at = 0; at < alter.actions().size(); at++) {
      TableAction action = alter.actions().get(at);
      Token first = texts.get(at).get(0);
      if (action instanceof AddColumn column) {
        always(place, alter, column, first);
      }
      if (place.before().made(alter.table())) {
        continue;
      }
      if (action instanceof AddColumn column) {
        added(place, alter, column, first);
      } else if (action instanceof ColumnType type) {
        place.tell(
            Hazard.TYPE_CHANGE,
            first,
            "changing the type of "
                + type.column()
                + " to "
                + type.type()
                + " writes all of "
                + alter.table().text()
                + " anew, unless the values stay as they are",
            Optional.empty());
      }
    }
  }

  private static void always(Place place, AlterTable alter, AddColumn column, Token at) {
    if (column.type().equalsIgnoreCase("json")) {
      place.tell(
          Hazard.JSON_COLUMN,
          at,
          column.column() + " of " + alter.table().text() + " is json: write jsonb",
          Optional.empty());
    }
  }

  private static void added(Place place, AlterTable alter, AddColumn column, Token at) {
    String table = alter.table().text();
    if (column.volatileDefault()) {
      place.tell(
          Hazard.VOLATILE_DEFAULT,
          at,
          "each row of "
              + table
              + " gets a value of its own in "
              + column.column()
              + ", so the table is written anew",
          column.defaultValue().map(value -> inSteps(alter, column, value)));
    }
    if (column.notNull() && column.defaultValue().isEmpty() && !column.volatileDefault()) {
      place.tell(
          Hazard.REQUIRED_COLUMN,
          at,
          column.column() + " is NOT NULL without a default: it fails where " + table + " has rows",
          Optional.empty());
    } else if (column.constraint()) {
      place.tell(
          Hazard.COLUMN_CONSTRAINT,
          at,
          "the constraint that stands with "
              + column.column()
              + " is proven or built under the"
              + " lock on "
              + table
              + ": add it after the column",
          Optional.empty());
    }
  }

  private static String inSteps(AlterTable alter, AddColumn column, String value) {
    String table = Names.sql(alter.table());
    String name = Names.sql(column.column());
    return "ALTER TABLE "
        + table
        + " ADD COLUMN "
        + name
        + " "
        + column.type()
        + ";\n"
        + "ALTER TABLE "
        + table
        + " ALTER COLUMN "
        + name
        + " SET DEFAULT "
        + value
        + ";\n"
        + "-- in a section of its own, with batches: true:\n"
        + "UPDATE "
        + table
        + " SET "
        + name
        + " = "
        + value
        + " WHERE ctid IN (SELECT ctid FROM "
        + table
        + " WHERE "
        + name
        + " IS NULL LIMIT 5000);";
  }

  /** {@code id serial}, {@code id integer PRIMARY KEY}. */
  private static void smallKey(Place place) {
    List<Token> tokens = place.tokens();
    for (int at = 2; at < tokens.size(); at++) {
      if (tokens.get(at).kind() != Token.Kind.WORD || !Words.isName(tokens.get(at - 1))) {
        continue;
      }
      String word = tokens.get(at).text().toLowerCase(Locale.ROOT);
      if (SMALL_SERIAL.contains(word) || (SMALL.contains(word) && key(tokens, at + 1))) {
        place.tell(
            Hazard.SMALL_KEY,
            tokens.get(at - 1),
            "the key " + tokens.get(at - 1).text() + " is " + word + ": write bigint",
            Optional.empty());
        return;
      }
    }
  }

  private static boolean key(List<Token> tokens, int at) {
    List<Token> rest = tokens.subList(at, tokens.size());
    OptionalInt comma = OptionalInt.empty();
    for (int i = 0; i < rest.size() && comma.isEmpty(); i++) {
      comma = Words.isSymbol(rest.get(i), ',') ? OptionalInt.of(i) : comma;
    }
    List<Token> column = rest.subList(0, comma.orElse(rest.size()));
    return Words.has(column, "primary", "key") || Words.has(column, "identity");
  }
}
