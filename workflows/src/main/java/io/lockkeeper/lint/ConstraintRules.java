package io.lockkeeper.lint;

import io.lockkeeper.section.Meaning.AlterTable;
import io.lockkeeper.section.TableAction;
import io.lockkeeper.section.TableAction.AddConstraint;
import io.lockkeeper.section.TableAction.ConstraintKind;
import io.lockkeeper.section.TableAction.SetNotNull;
import io.lockkeeper.section.TableAction.ValidateConstraint;
import io.lockkeeper.section.Token;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Constraints on tables that are in use. */
final class ConstraintRules {
  private ConstraintRules() {}

  static void check(Place place) {
    if (!(place.meaning() instanceof AlterTable alter) || place.before().made(alter.table())) {
      return;
    }
    List<List<Token>> texts = Actions.of(place.statement(), alter);
    for (int at = 0; at < alter.actions().size(); at++) {
      check(place, alter, alter.actions().get(at), texts.get(at));
    }
  }

  private static void check(Place place, AlterTable alter, TableAction action, List<Token> text) {
    if (action instanceof SetNotNull column) {
      notNull(place, alter, column, text);
    } else if (action instanceof AddConstraint added) {
      added(place, alter, added, text);
    } else if (action instanceof ValidateConstraint validate
        && place.before().notValidIn(alter.table(), validate.name(), place.unit())) {
      place.tell(
          Hazard.VALIDATE_TOO_SOON,
          text.get(0),
          validate.name()
              + " is added and validated in one transaction: put VALIDATE CONSTRAINT into a section"
              + " of its own",
          Optional.empty());
    }
  }

  private static void notNull(Place place, AlterTable alter, SetNotNull column, List<Token> text) {
    if (place.before().provesNotNull(alter.table(), column.column())) {
      return;
    }
    String table = Names.sql(alter.table());
    String check = Names.sql(alter.table().name() + "_" + column.column() + "_not_null");
    String of = Names.sql(column.column());
    place.tell(
        Hazard.NOT_NULL_SCAN,
        text.get(0),
        "SET NOT NULL reads all of "
            + alter.table().text()
            + " under its lock, because nothing proves yet that "
            + column.column()
            + " holds no NULL",
        Optional.of(
            "ALTER TABLE "
                + table
                + " ADD CONSTRAINT "
                + check
                + " CHECK ("
                + of
                + " IS NOT NULL) NOT VALID;\n"
                + "-- in a section of its own:\n"
                + "ALTER TABLE "
                + table
                + " VALIDATE CONSTRAINT "
                + check
                + ";\n"
                + "-- in a section of its own:\n"
                + "ALTER TABLE "
                + table
                + " ALTER COLUMN "
                + of
                + " SET NOT NULL;\n"
                + "ALTER TABLE "
                + table
                + " DROP CONSTRAINT "
                + check
                + ";"));
  }

  private static void added(Place place, AlterTable alter, AddConstraint added, List<Token> text) {
    if (added.notValid() || added.usingIndex().isPresent()) {
      return;
    }
    String message = "adding this " + added.constraint().text() + " to " + alter.table().text();
    switch (added.constraint()) {
      case FOREIGN_KEY ->
          place.tell(
              Hazard.FOREIGN_KEY_SCAN,
              text.get(0),
              message + " looks up all of its rows: write NOT VALID, and validate it later",
              notValid(place, alter, added, text));
      case CHECK ->
          place.tell(
              Hazard.CHECK_SCAN,
              text.get(0),
              message + " reads all of its rows: write NOT VALID, and validate it later",
              notValid(place, alter, added, text));
      case UNIQUE, PRIMARY_KEY ->
          place.tell(
              Hazard.KEY_BUILD,
              text.get(0),
              message + " builds its index under the lock: build the index concurrently before",
              usingIndex(place, alter, added, text));
      case EXCLUDE ->
          place.tell(
              Hazard.KEY_BUILD,
              text.get(0),
              message
                  + " builds its index under the lock, and there is no other way: do it in a window"
                  + " where nobody needs the table",
              Optional.empty());
    }
  }

  private static String text(Place place, List<Token> tokens) {
    int base = place.tokens().get(0).offset();
    return place
        .statement()
        .text()
        .substring(tokens.get(0).offset() - base, tokens.get(tokens.size() - 1).end() - base);
  }

  private static Optional<String> notValid(
      Place place, AlterTable alter, AddConstraint added, List<Token> text) {
    String table = Names.sql(alter.table());
    return added
        .name()
        .map(
            name ->
                "ALTER TABLE "
                    + table
                    + " "
                    + text(place, text)
                    + " NOT VALID;\n"
                    + "-- in a section of its own:\n"
                    + "ALTER TABLE "
                    + table
                    + " VALIDATE CONSTRAINT "
                    + Names.sql(name)
                    + ";");
  }

  private static Optional<String> usingIndex(
      Place place, AlterTable alter, AddConstraint added, List<Token> text) {
    int from = 0;
    while (from < text.size() && !Words.isSymbol(text.get(from), '(')) {
      from++;
    }
    int to = from;
    while (to < text.size() && !Words.isSymbol(text.get(to), ')')) {
      to++;
    }
    if (to >= text.size()) {
      return Optional.empty();
    }
    String columns = text(place, text.subList(from, to + 1));
    String table = Names.sql(alter.table());
    String suffix = added.constraint() == ConstraintKind.UNIQUE ? "_key" : "_pkey";
    String name = Names.sql(added.name().orElse(alter.table().name() + suffix));
    return Optional.of(
        "CREATE UNIQUE INDEX CONCURRENTLY "
            + name
            + " ON "
            + table
            + " "
            + columns
            + ";\n"
            + "ALTER TABLE "
            + table
            + " ADD CONSTRAINT "
            + name
            + " "
            + added.constraint().text().toUpperCase(Locale.ROOT)
            + " USING INDEX "
            + name
            + ";");
  }
}
