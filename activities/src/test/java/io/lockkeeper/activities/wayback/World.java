package io.lockkeeper.activities.wayback;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What is in a random schema, as far as a change must know to be one that the server takes. Kept up
 * to date while the change is drafted. Not safe for several threads.
 */
final class World {
  static final List<String> SCHEMAS = List.of("public", "app", "Odd one");

  final Dice dice;
  final String database;
  final List<Table> tables = new ArrayList<>();
  final List<View> views = new ArrayList<>();
  final List<View> materialized = new ArrayList<>();
  final List<Routine> routines = new ArrayList<>();
  final List<Routine> triggerFunctions = new ArrayList<>();
  final List<Thing> enums = new ArrayList<>();
  final List<Thing> sequences = new ArrayList<>();

  /** Whether there is {@code app.parted}. */
  boolean parted;

  World(Dice dice, String database) {
    this.dice = dice;
    this.database = database;
  }

  /** Types of columns, with a value of row n and a default. */
  enum Type {
    INT("integer", "n::integer", "7"),
    TEXT("text", "'v ' || n", "lower('NONE')"),
    NUMBER("numeric(12,2)", "n * 1.5", "0.5"),
    TIME("timestamptz", "'2026-01-01'::timestamptz + n * interval '1 hour'", "now()"),
    FLAG("boolean", "n % 2 = 0", "true"),
    SHORT("character varying(40)", "'s' || n", "'it''s'"),
    DOCUMENT("jsonb", "jsonb_build_object('n', n)", "'{}'::jsonb");

    final String sql;
    final String value;
    final String initial;

    Type(String sql, String value, String initial) {
      this.sql = sql;
      this.value = value;
      this.initial = initial;
    }

    boolean distinct() {
      return this != FLAG && this != DOCUMENT;
    }

    boolean number() {
      return this == INT || this == NUMBER;
    }
  }

  /** Something with a name in a schema. */
  class Thing {
    String schema;
    String name;

    /** Something else stands on it: it is neither dropped nor moved. */
    boolean pinned;

    Thing(String schema, String name) {
      this.schema = schema;
      this.name = name;
    }

    /** As somebody writes it. */
    String sql() {
      boolean found = schema.equals("public") && dice.once(2);
      return (found ? "" : dice.written(schema) + ".") + dice.written(name);
    }
  }

  /** A column. */
  static final class Column {
    String name;
    final Type type;
    boolean notNull;
    boolean filled = true;

    Column(String name, Type type) {
      this.name = name;
      this.type = type;
    }
  }

  /** A constraint, policy or trigger. */
  static final class Part {
    String name;
    final String kind;
    boolean pinned;

    Part(String name, String kind) {
      this.name = name;
      this.kind = kind;
    }
  }

  /** An index. */
  final class Index extends Thing {
    final boolean unique;
    final boolean plain;
    final boolean identity;
    final boolean expression;

    /**
     * @param plain whether it is over columns alone, so that the table may be clustered on it
     * @param identity whether rows may be told by it
     */
    Index(
        String schema,
        String name,
        boolean unique,
        boolean plain,
        boolean identity,
        boolean expression) {
      super(schema, name);
      this.unique = unique;
      this.plain = plain;
      this.identity = identity;
      this.expression = expression;
    }
  }

  /** A table; its first column is its key. */
  final class Table extends Thing {
    final List<Column> columns = new ArrayList<>();
    final List<Index> indexes = new ArrayList<>();
    final List<Part> constraints = new ArrayList<>();
    final List<Part> policies = new ArrayList<>();
    final List<Part> triggers = new ArrayList<>();

    /** Where it was before the change. */
    final String original;

    Table(String schema, String name) {
      super(schema, name);
      this.original = schema + "." + name;
    }

    Column any() {
      return dice.of(columns);
    }

    List<Column> all(Predicate<Column> which) {
      return columns.stream().filter(which).toList();
    }

    String written(Column column) {
      return dice.written(column.name);
    }
  }

  /** A view over one table, plain or materialized. */
  final class View extends Thing {
    final Table of;
    final List<Column> columns;
    final List<String> aliases;

    View(String schema, String name, Table of, List<Column> columns, List<String> aliases) {
      super(schema, name);
      this.of = of;
      this.columns = columns;
      this.aliases = aliases;
    }

    /** Its query, with one column more where that is asked for. */
    String query(boolean extended) {
      List<String> list = new ArrayList<>();
      for (int at = 0; at < columns.size(); at++) {
        list.add(
            "t." + dice.written(columns.get(at).name) + " AS " + dice.written(aliases.get(at)));
      }
      if (extended) {
        list.add("t." + dice.written(dice.of(of.columns).name) + " AS extended");
      }
      return "SELECT "
          + String.join(", ", list)
          + " FROM "
          + of.sql()
          + " t WHERE t."
          + dice.written(of.columns.get(0).name)
          + " > "
          + dice.below(9);
    }
  }

  /**
   * What a routine takes and gives.
   *
   * @param returns empty of a procedure
   * @param end last statement of its body
   */
  record Form(String arguments, String types, String returns, String end) {
    static final Form TRIGGER = new Form("()", "()", " RETURNS trigger", "RETURN NEW;");
    static final List<Form> ALL =
        List.of(
            new Form("(a integer, b text DEFAULT 'x')", "(integer, text)", "", "NULL;"),
            new Form("()", "()", " RETURNS integer", "RETURN 1;"),
            new Form("(_o int, OUT ok boolean)", "(integer)", " RETURNS boolean", "ok := true;"),
            new Form(
                "(a int DEFAULT 5, VARIADIC b text[] = '{}')",
                "(integer, text[])",
                " RETURNS text",
                "RETURN a;"),
            new Form(
                "(p double precision, \"Q q\" timestamp with time zone)",
                "(double precision, timestamptz)",
                " RETURNS SETOF integer",
                "RETURN;"));
  }

  /** A function or procedure. */
  final class Routine extends Thing {
    final String kind;
    private final Form form;

    Routine(String schema, String name, Form form) {
      super(schema, name);
      this.kind = form.returns().isEmpty() ? "PROCEDURE" : "FUNCTION";
      this.form = form;
    }

    /** Its definition, of a body that is another one each time. */
    String definition(String verb) {
      String attributes =
          kind.equals("PROCEDURE")
              ? dice.of("", " SECURITY DEFINER SET search_path = pg_catalog, pg_temp")
              : dice.of("", " STABLE", " IMMUTABLE STRICT PARALLEL SAFE", " COST 50")
                  + dice.of("", "", " SECURITY DEFINER SET search_path = pg_catalog, pg_temp");
      return verb
          + " "
          + kind
          + " "
          + sql()
          + form.arguments()
          + form.returns()
          + " LANGUAGE plpgsql"
          + attributes
          + " AS $body$ BEGIN /* ; "
          + dice.below(1000)
          + " 'x */ "
          + form.end()
          + " END $body$";
    }

    String signature() {
      return sql() + form.types();
    }
  }

  String schema() {
    return dice.of("public", "public", "app", "app", "Odd one");
  }

  /** Those that nothing stands on. */
  static <T extends Thing> List<T> free(List<T> things) {
    return things.stream().filter(thing -> !thing.pinned).toList();
  }
}
