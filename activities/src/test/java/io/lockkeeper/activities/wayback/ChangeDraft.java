package io.lockkeeper.activities.wayback;

import io.lockkeeper.activities.wayback.World.Column;
import io.lockkeeper.activities.wayback.World.Index;
import io.lockkeeper.activities.wayback.World.Part;
import io.lockkeeper.activities.wayback.World.Routine;
import io.lockkeeper.activities.wayback.World.Table;
import io.lockkeeper.activities.wayback.World.Type;
import io.lockkeeper.activities.wayback.World.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Drafts statements of a kind that the server takes where those before it were run. Each draft
 * changes the world; the kind of the last one that {@link #draft} was asked for is the statement's.
 */
final class ChangeDraft {
  private static final int TRIES = 20;

  private final World world;
  private final Dice dice;
  private final List<String> leaves = new ArrayList<>();
  private boolean losesData;

  ChangeDraft(World world) {
    this.world = world;
    this.dice = world.dice;
  }

  /** Of the section that is drafted next. */
  void section(boolean mayLoseData) {
    losesData = mayLoseData;
  }

  /** What stays behind, as a change declares it. */
  List<String> leaves() {
    return List.copyOf(leaves);
  }

  /** A statement of that kind, or of another one where none was found. */
  String draft(Kind kind) {
    for (int tries = 0; tries < TRIES; tries++) {
      Optional<String> drafted = dice.of(forms(kind)).get();
      if (drafted.isPresent()) {
        return drafted.get();
      }
    }
    throw new IllegalStateException("no statement of the kind " + kind.text() + " was found");
  }

  private List<Supplier<Optional<String>>> forms(Kind kind) {
    return switch (kind) {
      case INDEX ->
          List.of(() -> create(false), () -> dropped(false), () -> altered(false), this::parted);
      case UNIQUE_INDEX -> List.of(() -> create(true), () -> dropped(true), () -> altered(true));
      case CONSTRAINT ->
          List.of(
              this::check,
              this::key,
              this::reference,
              this::dropConstraint,
              this::renamePart,
              this::validate,
              this::keyOverIndex,
              this::exclude,
              this::primaryKey);
      case COLUMN ->
          List.of(
              this::addColumn,
              this::addColumn,
              this::columnDefault,
              this::notNull,
              this::renameColumn,
              this::columnOption,
              this::several);
      case FUNCTION ->
          List.of(this::createRoutine, this::replaceRoutine, this::dropRoutine, this::alterRoutine);
      case VIEW ->
          List.of(
              this::createView,
              this::replaceView,
              () -> dropView(false),
              () -> dropView(false),
              () -> alterView(false));
      case MATERIALIZED_VIEW ->
          List.of(
              this::createMaterialized,
              () -> dropView(true),
              () -> alterView(true),
              this::refresh,
              this::indexMaterialized);
      case POLICY ->
          List.of(this::createPolicy, this::alterPolicy, this::dropPolicy, this::rowSecurity);
      case TRIGGER -> List.of(this::createTrigger, this::alterTrigger, this::dropTrigger);
      case TYPE_VALUE -> List.of(this::addValue);
      case COMMENT -> List.of(this::comment);
      case GRANT -> List.of(this::grant);
      case SETTING ->
          List.of(this::tableSetting, this::databaseSetting, this::indexSetting, this::renameTable);
    };
  }

  private static Optional<String> one(String format, Object... values) {
    return Optional.of(String.format(format, values));
  }

  private Table table() {
    return dice.of(world.tables);
  }

  // Indexes.

  private Optional<String> create(boolean unique) {
    String concurrently = dice.of("", "CONCURRENTLY ");
    String ifNotExists = concurrently.isEmpty() && dice.once(3) ? "IF NOT EXISTS " : "";
    return Optional.of(SchemaDraft.newIndex(world, table(), unique, concurrently, ifNotExists));
  }

  /** Of a partitioned table. */
  private Optional<String> parted() {
    if (!world.parted) {
      return Optional.empty();
    }
    return one(
        "CREATE INDEX %s ON %sapp.parted (v, k)",
        dice.written(dice.fresh("parted")), dice.of("", "ONLY "));
  }

  private Optional<Index> index(boolean unique) {
    return dice.maybeOf(
        world.tables.stream()
            .flatMap(table -> table.indexes.stream())
            .filter(index -> index.unique == unique)
            .toList());
  }

  private Table tableOf(Index index) {
    return world.tables.stream().filter(t -> t.indexes.contains(index)).findFirst().orElseThrow();
  }

  private Optional<String> dropped(boolean unique) {
    return index(unique)
        .map(
            index -> {
              String sql = index.sql();
              tableOf(index).indexes.remove(index);
              return "DROP INDEX " + dice.of("", "CONCURRENTLY ") + dice.of("", "IF EXISTS ") + sql;
            });
  }

  private Optional<String> altered(boolean unique) {
    return index(unique)
        .map(
            index -> {
              String sql = index.sql();
              Table table = tableOf(index);
              if (index.identity && dice.once(2)) {
                return String.format(
                    "ALTER TABLE %s REPLICA IDENTITY USING INDEX %s",
                    table.sql(), dice.written(index.name));
              }
              if (index.plain && dice.once(3)) {
                return String.format(
                    "ALTER TABLE %s CLUSTER ON %s", table.sql(), dice.written(index.name));
              }
              if (index.expression && dice.once(2)) {
                return "ALTER INDEX " + sql + " ALTER COLUMN 1 SET STATISTICS 77";
              }
              if (!index.plain || dice.once(2)) {
                return "REINDEX INDEX CONCURRENTLY " + sql;
              }
              index.name = dice.fresh("renamed");
              return "ALTER INDEX " + sql + " RENAME TO " + dice.written(index.name);
            });
  }

  // Constraints.

  private Optional<String> check() {
    Table table = table();
    Column column = dice.of(table.all(c -> c.type.number()));
    boolean named = dice.once(2);
    String name = dice.fresh("chk");
    String suffix = dice.of("", " NOT VALID", " NO INHERIT");
    if (named) {
      table.constraints.add(
          new Part(name, suffix.equals(" NOT VALID") ? "check not valid" : "valid"));
    }
    return one(
        "ALTER TABLE %s ADD %sCHECK (%s > 0 AND %s < 1000000)%s",
        table.sql(),
        named ? "CONSTRAINT " + dice.written(name) + " " : "",
        table.written(column),
        table.written(column),
        suffix);
  }

  private Optional<String> key() {
    Table table = table();
    Part made = new Part(dice.fresh("uq"), "unique");
    table.constraints.add(made);
    return one(
        "ALTER TABLE %s ADD CONSTRAINT %s UNIQUE (%s)%s",
        table.sql(),
        dice.written(made.name),
        table.written(dice.of(table.all(c -> c.type.distinct() && c.filled))),
        dice.of("", " WITH (fillfactor = 60)", " DEFERRABLE"));
  }

  private Optional<String> primaryKey() {
    Table table = table();
    List<Column> columns = table.all(c -> c.type == Type.INT && c.filled);
    if (columns.isEmpty() || table.constraints.stream().anyMatch(c -> c.kind.equals("primary"))) {
      return Optional.empty();
    }
    Part made = new Part(dice.fresh("pk"), "primary");
    table.constraints.add(made);
    return one(
        "ALTER TABLE %s ADD CONSTRAINT %s PRIMARY KEY (%s)",
        table.sql(), dice.written(made.name), table.written(dice.of(columns)));
  }

  private Optional<String> exclude() {
    Table table = table();
    Part made = new Part(dice.fresh("ex"), "exclude");
    table.constraints.add(made);
    return one(
        "ALTER TABLE %s ADD CONSTRAINT %s EXCLUDE USING btree (%s WITH =)",
        table.sql(),
        dice.written(made.name),
        table.written(dice.of(table.all(c -> c.type.distinct() && c.filled))));
  }

  private Optional<String> reference() {
    Table table = table();
    Optional<Table> other =
        dice.maybeOf(
            world.tables.stream()
                .filter(t -> t.constraints.stream().anyMatch(c -> c.kind.equals("primary")))
                .toList());
    if (other.isEmpty()) {
      return Optional.empty();
    }
    other.get().constraints.stream()
        .filter(c -> c.kind.equals("primary"))
        .forEach(c -> c.pinned = true);
    Part made = new Part(dice.fresh("fk"), "valid");
    table.constraints.add(made);
    return one(
        "ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s%s",
        table.sql(),
        dice.written(made.name),
        table.written(dice.of(table.all(c -> c.type == Type.INT && c.filled))),
        other.get().sql(),
        dice.of("", " NOT VALID", " ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED"));
  }

  private Optional<String> dropConstraint() {
    Table table = table();
    return dice.maybeOf(table.constraints.stream().filter(c -> !c.pinned).toList())
        .map(
            constraint -> {
              table.constraints.remove(constraint);
              return String.format(
                  "ALTER TABLE %s DROP CONSTRAINT %s%s",
                  table.sql(), dice.of("", "IF EXISTS "), dice.written(constraint.name));
            });
  }

  private Optional<String> renamePart() {
    Table table = table();
    return dice.maybeOf(table.constraints)
        .map(
            constraint -> {
              String was = constraint.name;
              constraint.name = dice.fresh("con");
              return String.format(
                  "ALTER TABLE %s RENAME CONSTRAINT %s TO %s",
                  table.sql(), dice.written(was), dice.written(constraint.name));
            });
  }

  private Optional<String> validate() {
    Table table = table();
    return dice.maybeOf(
            table.constraints.stream()
                .filter(c -> c.kind.endsWith("not valid") || c.kind.equals("valid"))
                .filter(c -> !c.kind.startsWith("reference"))
                .toList())
        .map(
            constraint ->
                String.format(
                    "ALTER TABLE %s VALIDATE CONSTRAINT %s",
                    table.sql(), dice.written(constraint.name)));
  }

  private Optional<String> keyOverIndex() {
    return dice.maybeOf(
            world.tables.stream()
                .flatMap(table -> table.indexes.stream())
                .filter(index -> index.unique && index.plain)
                .toList())
        .flatMap(
            index -> {
              Table table = tableOf(index);
              table.indexes.remove(index);
              Part made = new Part(dice.once(2) ? index.name : dice.fresh("uqi"), "unique");
              table.constraints.add(made);
              return one(
                  "ALTER TABLE %s ADD CONSTRAINT %s UNIQUE USING INDEX %s",
                  table.sql(), dice.written(made.name), dice.written(index.name));
            });
  }

  // Columns.

  private Optional<String> addColumn() {
    Table table = table();
    Type type = dice.of(Type.values());
    String name =
        losesData ? dice.fresh("added") : "added_" + dice.fresh("x").replaceAll("[^a-z0-9_]", "_");
    if (!losesData && !table.original.matches("[a-z0-9_.]+")) {
      return Optional.empty();
    }
    Column made = new Column(name, type);
    made.filled = false;
    String more =
        dice.of(
            "",
            " DEFAULT " + type.initial,
            " NOT NULL DEFAULT " + type.initial,
            type.number() ? " CHECK (" + dice.written(name) + " > 0)" : "",
            type.distinct() ? " UNIQUE" : "");
    table.columns.add(made);
    if (!losesData) {
      leaves.add(table.original + "." + name);
    }
    return one(
        "ALTER TABLE %s ADD COLUMN %s%s %s%s",
        table.sql(),
        losesData ? dice.of("", "IF NOT EXISTS ") : "IF NOT EXISTS ",
        dice.written(name),
        type.sql,
        more);
  }

  private Column changed(Table table) {
    return dice.of(table.columns.subList(1, table.columns.size()));
  }

  private Optional<String> columnDefault() {
    Table table = table();
    Column column = changed(table);
    return one(
        "ALTER TABLE %s ALTER COLUMN %s %s",
        table.sql(),
        table.written(column),
        dice.of("DROP DEFAULT", "SET DEFAULT " + column.type.initial, "SET DEFAULT NULL"));
  }

  private Optional<String> notNull() {
    Table table = table();
    Column column = changed(table);
    if (!column.filled) {
      return Optional.empty();
    }
    if (table.indexes.stream().anyMatch(index -> index.identity)) {
      return one("ALTER TABLE %s ALTER %s SET NOT NULL", table.sql(), table.written(column));
    }
    return one(
        "ALTER TABLE %s ALTER %s %s NOT NULL",
        table.sql(), table.written(column), dice.of("SET", "DROP"));
  }

  private Optional<String> renameColumn() {
    Table table = table();
    Column column = changed(table);
    if (!column.filled) {
      return Optional.empty();
    }
    String was = column.name;
    column.name = dice.fresh("col");
    return one(
        "ALTER TABLE %s RENAME COLUMN %s TO %s",
        table.sql(), dice.written(was), dice.written(column.name));
  }

  /** Several actions of one statement. */
  private Optional<String> several() {
    Table table = table();
    Column one = changed(table);
    Column other = changed(table);
    return one(
        "ALTER TABLE %s ALTER %s SET DEFAULT %s, ADD CHECK (%s IS NOT NULL) NOT VALID,"
            + " ALTER %s DROP DEFAULT, ALTER %s SET STATISTICS 11, SET (fillfactor = 90)",
        table.sql(),
        table.written(one),
        one.type.initial,
        table.written(other),
        table.written(one),
        table.written(other));
  }

  private Optional<String> columnOption() {
    Table table = table();
    Column column = changed(table);
    return one(
        "ALTER TABLE %s ALTER COLUMN %s %s",
        table.sql(),
        table.written(column),
        dice.of(
            "SET STATISTICS 321",
            "SET (n_distinct = 7)",
            "RESET (n_distinct)",
            column.type == Type.TEXT ? "SET STORAGE EXTERNAL" : "SET STATISTICS 0"));
  }

  // Routines.

  private Optional<String> createRoutine() {
    Routine made = SchemaDraft.newRoutine(world);
    world.routines.add(made);
    return Optional.of(made.definition(dice.of("CREATE", "CREATE OR REPLACE")));
  }

  private Optional<String> replaceRoutine() {
    List<Routine> all = new ArrayList<>(world.routines);
    all.addAll(world.triggerFunctions);
    return dice.maybeOf(all).map(routine -> routine.definition("CREATE OR REPLACE"));
  }

  private Optional<String> dropRoutine() {
    return dice.maybeOf(World.free(world.routines))
        .map(
            routine -> {
              world.routines.remove(routine);
              return "DROP " + routine.kind + dice.of(" ", " IF EXISTS ") + routine.signature();
            });
  }

  private Optional<String> alterRoutine() {
    return dice.maybeOf(world.routines)
        .map(
            routine -> {
              String of = "ALTER " + routine.kind + " " + routine.signature();
              return switch (dice.below(3)) {
                case 0 -> {
                  routine.name = dice.fresh("renamed");
                  yield of + " RENAME TO " + dice.written(routine.name);
                }
                case 1 -> {
                  routine.schema = routine.schema.equals("app") ? "public" : "app";
                  yield of + " SET SCHEMA " + routine.schema;
                }
                default -> of + dice.of(" SET work_mem = '3MB'", " SECURITY DEFINER", " RESET ALL");
              };
            });
  }

  // Views.

  private Optional<String> createView() {
    View made = SchemaDraft.newView(world);
    world.views.add(made);
    return one(
        "CREATE %sVIEW %s%s AS %s",
        dice.of("", "OR REPLACE "),
        made.sql(),
        dice.of("", " WITH (security_barrier)"),
        made.query(false));
  }

  private Optional<String> replaceView() {
    return dice.maybeOf(World.free(world.views))
        .map(
            view -> {
              boolean extended = dice.once(2);
              // A second one with one more column would have to have the first one's.
              view.pinned = extended;
              return "CREATE OR REPLACE VIEW "
                  + view.sql()
                  + dice.of("", "", " WITH (security_barrier = true)")
                  + " AS "
                  + view.query(extended);
            });
  }

  private Optional<String> dropView(boolean materialized) {
    List<View> views = materialized ? world.materialized : world.views;
    return dice.maybeOf(views)
        .map(
            view -> {
              views.remove(view);
              return "DROP " + (materialized ? "MATERIALIZED " : "") + "VIEW " + view.sql();
            });
  }

  private Optional<String> alterView(boolean materialized) {
    String kind = materialized ? "MATERIALIZED VIEW" : "VIEW";
    return dice.maybeOf(materialized ? world.materialized : world.views)
        .map(
            view -> {
              String of = "ALTER " + kind + " " + view.sql();
              return switch (dice.below(3)) {
                case 0 -> {
                  view.name = dice.fresh("renamed");
                  yield of + " RENAME TO " + dice.written(view.name);
                }
                case 1 -> {
                  view.schema = view.schema.equals("app") ? "public" : "app";
                  yield of + " SET SCHEMA " + view.schema;
                }
                default ->
                    materialized
                        ? of + " SET (fillfactor = 55)"
                        : of
                            + dice.of(
                                " SET (security_barrier = false)",
                                " RESET (security_barrier)",
                                " ALTER " + dice.written(view.aliases.get(0)) + " SET DEFAULT 3");
              };
            });
  }

  private Optional<String> createMaterialized() {
    View made = SchemaDraft.newView(world);
    world.materialized.add(made);
    return one(
        "CREATE MATERIALIZED VIEW %s%s AS %s%s",
        dice.of("", "IF NOT EXISTS "), made.sql(), made.query(false), dice.of("", " WITH NO DATA"));
  }

  private Optional<String> refresh() {
    return dice.maybeOf(world.materialized).map(view -> "REFRESH MATERIALIZED VIEW " + view.sql());
  }

  private Optional<String> indexMaterialized() {
    return dice.maybeOf(world.materialized)
        .map(
            view ->
                String.format(
                    "CREATE INDEX %s%s ON %s (%s)",
                    dice.of("", "CONCURRENTLY "),
                    dice.written(dice.fresh("midx")),
                    view.sql(),
                    dice.written(view.aliases.get(1))));
  }

  // What belongs to tables.

  private Optional<String> createPolicy() {
    Table table = table();
    Part made = new Part(dice.fresh("policy"), "policy");
    table.policies.add(made);
    return one(
        "CREATE POLICY %s ON %s%s USING (%s IS NULL)",
        dice.written(made.name),
        table.sql(),
        dice.of("", " AS RESTRICTIVE FOR DELETE", " FOR SELECT TO reader"),
        table.written(table.any()));
  }

  private Optional<String> alterPolicy() {
    Table table = table();
    return dice.maybeOf(table.policies)
        .map(
            policy -> {
              String of = "ALTER POLICY " + dice.written(policy.name) + " ON " + table.sql();
              if (dice.once(3)) {
                policy.name = dice.fresh("policy");
                return of + " RENAME TO " + dice.written(policy.name);
              }
              return of
                  + dice.of(
                      " TO stranger, reader",
                      " USING (" + table.written(table.any()) + " IS NOT NULL)");
            });
  }

  private Optional<String> dropPolicy() {
    Table table = table();
    return dice.maybeOf(table.policies)
        .map(
            policy -> {
              table.policies.remove(policy);
              return "DROP POLICY " + dice.written(policy.name) + " ON " + table.sql();
            });
  }

  private Optional<String> rowSecurity() {
    return one(
        "ALTER TABLE %s %s ROW LEVEL SECURITY",
        table().sql(), dice.of("ENABLE", "DISABLE", "FORCE", "NO FORCE"));
  }

  private Optional<String> createTrigger() {
    Table table = table();
    Routine function = dice.of(world.triggerFunctions);
    boolean replaces = !table.triggers.isEmpty() && dice.once(3);
    Part made = replaces ? dice.of(table.triggers) : new Part(dice.fresh("trg"), "trigger");
    if (!replaces) {
      table.triggers.add(made);
    }
    function.pinned = true;
    return one(
        "CREATE %sTRIGGER %s %s ON %s FOR EACH %s EXECUTE FUNCTION %s()",
        replaces ? "OR REPLACE " : dice.of("", "OR REPLACE "),
        dice.written(made.name),
        dice.of("BEFORE INSERT", "AFTER UPDATE OR DELETE"),
        table.sql(),
        dice.of("ROW", "STATEMENT"),
        function.sql());
  }

  private Optional<String> alterTrigger() {
    Table table = table();
    return dice.maybeOf(table.triggers)
        .map(
            trigger -> {
              if (dice.once(3)) {
                String was = trigger.name;
                trigger.name = dice.fresh("trg");
                return String.format(
                    "ALTER TRIGGER %s ON %s RENAME TO %s",
                    dice.written(was), table.sql(), dice.written(trigger.name));
              }
              return String.format(
                  "ALTER TABLE %s %s TRIGGER %s",
                  table.sql(),
                  dice.of("ENABLE", "DISABLE", "ENABLE ALWAYS"),
                  dice.of(dice.written(trigger.name), "USER")
                      .replace("USER", dice.written(trigger.name)));
            });
  }

  private Optional<String> dropTrigger() {
    Table table = table();
    return dice.maybeOf(table.triggers)
        .map(
            trigger -> {
              table.triggers.remove(trigger);
              return "DROP TRIGGER " + dice.written(trigger.name) + " ON " + table.sql();
            });
  }

  // The rest.

  private Optional<String> addValue() {
    return one(
        "ALTER TYPE %s ADD VALUE IF NOT EXISTS 'new %d'",
        dice.of(world.enums).sql(), dice.below(1000));
  }

  private Optional<String> comment() {
    String text = dice.of("NULL", "'new; it''s'", "'other'");
    Table table = table();
    List<String> on = new ArrayList<>();
    on.add("TABLE " + table.sql());
    on.add("COLUMN " + table.sql() + "." + table.written(table.any()));
    on.add("SCHEMA " + dice.of("app", "\"Odd one\""));
    on.add("TYPE " + dice.of(world.enums).sql());
    on.add("SEQUENCE " + dice.of(world.sequences).sql());
    dice.maybeOf(table.indexes).ifPresent(index -> on.add("INDEX " + index.sql()));
    dice.maybeOf(table.constraints)
        .ifPresent(c -> on.add("CONSTRAINT " + dice.written(c.name) + " ON " + table.sql()));
    dice.maybeOf(table.policies)
        .ifPresent(c -> on.add("POLICY " + dice.written(c.name) + " ON " + table.sql()));
    dice.maybeOf(table.triggers)
        .ifPresent(c -> on.add("TRIGGER " + dice.written(c.name) + " ON " + table.sql()));
    dice.maybeOf(world.views).ifPresent(view -> on.add("VIEW " + view.sql()));
    dice.maybeOf(world.materialized).ifPresent(view -> on.add("MATERIALIZED VIEW " + view.sql()));
    dice.maybeOf(world.routines).ifPresent(r -> on.add(r.kind + " " + r.signature()));
    on.add("DATABASE " + world.database);
    return one("COMMENT ON %s IS %s", dice.of(on), text);
  }

  private Optional<String> grant() {
    Table table = table();
    String column = table.written(table.any());
    List<String> on = new ArrayList<>();
    on.add(dice.of("SELECT", "INSERT, UPDATE", "ALL", "ALL PRIVILEGES") + " ON " + table.sql());
    on.add("SELECT (" + column + "), UPDATE (" + column + ") ON TABLE " + table.sql());
    on.add(dice.of("USAGE", "CREATE", "ALL") + " ON SCHEMA " + dice.of("app", "\"Odd one\""));
    on.add("USAGE ON TYPE " + dice.of(world.enums).sql());
    on.add("ALL ON SEQUENCE " + dice.of(world.sequences).sql());
    on.add("SELECT ON ALL TABLES IN SCHEMA app");
    on.add(dice.of("CREATE", "CONNECT", "TEMPORARY") + " ON DATABASE " + world.database);
    dice.maybeOf(world.routines)
        .ifPresent(r -> on.add("EXECUTE ON " + r.kind + " " + r.signature()));
    dice.maybeOf(world.views).ifPresent(view -> on.add("SELECT ON " + view.sql()));
    String role = dice.of("reader", "stranger", "PUBLIC", "reader, stranger");
    String what = dice.of(on);
    boolean option = !role.equals("PUBLIC") && dice.once(4);
    return dice.once(2)
        ? one("GRANT %s TO %s%s", what, role, option ? " WITH GRANT OPTION" : "")
        : one(
            "REVOKE %s%s FROM %s%s",
            option ? "GRANT OPTION FOR " : "", what, role, dice.of("", " CASCADE"));
  }

  private Optional<String> tableSetting() {
    return one(
        "ALTER TABLE %s %s",
        table().sql(),
        dice.of(
            "SET (fillfactor = 66, autovacuum_enabled = off)",
            "RESET (fillfactor)",
            "SET (toast.autovacuum_enabled = false)",
            "SET (autovacuum_vacuum_scale_factor = 0.01)"));
  }

  private Optional<String> databaseSetting() {
    String setting = dice.of("work_mem", "lock_timeout", "search_path", "\"DateStyle\"");
    String value =
        switch (setting) {
          case "work_mem" -> "'7MB'";
          case "lock_timeout" -> "1234";
          case "search_path" -> "\"$user\", public";
          default -> "ISO, DMY";
        };
    return one(
        "ALTER %s %s",
        dice.of("DATABASE " + world.database, "ROLE engine IN DATABASE " + world.database),
        dice.of(
            "SET " + setting + " = " + value,
            "SET " + setting + " TO DEFAULT",
            "RESET " + setting));
  }

  private Optional<String> renameTable() {
    Table table = table();
    String sql = table.sql();
    if (dice.once(2)) {
      table.name = dice.fresh("orders");
      return one("ALTER TABLE %s RENAME TO %s", sql, dice.written(table.name));
    }
    String schema = table.schema.equals("app") ? "public" : "app";
    table.schema = schema;
    table.indexes.forEach(index -> index.schema = schema);
    return one("ALTER TABLE %s SET SCHEMA %s", sql, schema);
  }

  private Optional<String> indexSetting() {
    return index(dice.once(2))
        .filter(index -> index.plain)
        .map(index -> "ALTER INDEX " + index.sql() + " SET (fillfactor = 77)");
  }
}
