package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.Former.Held;
import io.lockkeeper.activities.postgres.InverseReader.Before;
import io.lockkeeper.section.ObjectChange;
import io.lockkeeper.section.ObjectChange.Act;
import io.lockkeeper.section.ObjectChange.AlterRoutine;
import io.lockkeeper.section.ObjectChange.Aspect;
import io.lockkeeper.section.ObjectChange.Create;
import io.lockkeeper.section.ObjectChange.CreateRoutine;
import io.lockkeeper.section.ObjectChange.Drop;
import io.lockkeeper.section.ObjectChange.DropRoutine;
import io.lockkeeper.section.ObjectChange.OnTable;
import io.lockkeeper.section.ObjectChange.Refresh;
import io.lockkeeper.section.ObjectChange.Signature;
import io.lockkeeper.section.ObjectKind;
import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What takes back a change of objects other than tables' columns, constraints and indexes. */
final class ObjectInverse {
  private ObjectInverse() {}

  static Before before(Connection connection, ObjectChange change) throws SQLException {
    if (change instanceof Create create) {
      return created(connection, create);
    }
    if (change instanceof Drop drop) {
      List<String> parts = dropped(connection, drop);
      return after -> parts;
    }
    if (change instanceof CreateRoutine routine) {
      return routine(connection, routine);
    }
    if (change instanceof DropRoutine drop) {
      List<String> parts = new ArrayList<>();
      for (Signature signature : drop.routines()) {
        parts.addAll(droppedRoutine(connection, signature));
      }
      return after -> parts;
    }
    if (change instanceof AlterRoutine alter) {
      return altered(connection, alter);
    }
    if (change instanceof OnTable part) {
      return part(connection, part);
    }
    if (change instanceof ObjectChange.Privileges privileges) {
      return PrivilegeInverse.before(connection, privileges);
    }
    if (change instanceof ObjectChange.Comment comment) {
      List<String> parts = CommentInverse.former(connection, comment);
      return after -> parts;
    }
    if (change instanceof ObjectChange.StoredSetting setting) {
      List<String> parts = SettingInverse.former(connection, setting);
      return after -> parts;
    }
    if (change instanceof ObjectChange.Refresh refresh) {
      return refreshed(connection, refresh);
    }
    // All others must be given.
    return Before.NOTHING;
  }

  /** Only whether it is filled: rows that another refresh found are not kept. */
  private static Before refreshed(Connection connection, Refresh refresh) throws SQLException {
    Optional<Long> oid = oid(connection, ObjectKind.MATERIALIZED_VIEW, refresh.view());
    if (oid.isEmpty()) {
      return Before.NOTHING;
    }
    String form =
        """
        SELECT format('REFRESH MATERIALIZED VIEW %s', oid::regclass)
          || CASE WHEN relispopulated THEN '' ELSE ' WITH NO DATA' END
        FROM pg_class WHERE oid = ?
        """;
    List<String> before = Former.texts(connection, form, oid.get());
    return after -> Former.texts(after, form, oid.get()).equals(before) ? List.of() : before;
  }

  /** The look-up of an object of that kind; a name that is not there gives nothing. */
  private static Optional<Long> oid(Connection connection, ObjectKind of, QualifiedName name)
      throws SQLException {
    return switch (of) {
      case SCHEMA -> Former.oid(connection, "to_regnamespace(?)", name.sql());
      case TYPE, DOMAIN -> Former.oid(connection, "to_regtype(?)", name.sql());
      case EXTENSION ->
          Former.oid(connection, "SELECT oid FROM pg_extension WHERE extname = ?", name.name());
      case STATISTICS ->
          Former.oid(
              connection,
              "SELECT oid FROM pg_statistic_ext WHERE stxname = ? AND stxnamespace ="
                  + " coalesce(to_regnamespace(nullif(?, '')), current_schema()::regnamespace)",
              name.name(),
              name.schema().map(QualifiedName::quote).orElse(""));
      default -> Former.oid(connection, "to_regclass(?)", name.sql());
    };
  }

  private static Before created(Connection connection, Create create) throws SQLException {
    Optional<Long> there = oid(connection, create.of(), create.name());
    if (there.isPresent() && create.orReplace()) {
      return replaced(connection, create, there.get());
    }
    if (there.isPresent()) {
      // IF NOT EXISTS passes over it; without that the server refuses.
      return Before.NOTHING;
    }
    return after -> {
      Optional<Long> made = oid(after, create.of(), create.name());
      return made.isEmpty()
          ? List.of()
          : List.of("DROP " + create.of().sql() + " IF EXISTS " + name(after, create, made.get()));
    };
  }

  private static String name(Connection connection, Create create, long oid) throws SQLException {
    String printed =
        switch (create.of()) {
          case SCHEMA -> "oid::regnamespace::text FROM pg_namespace";
          case TYPE, DOMAIN -> "oid::regtype::text FROM pg_type";
          case EXTENSION -> "quote_ident(extname) FROM pg_extension";
          case STATISTICS ->
              "format('%I.%I', stxnamespace::regnamespace::text, stxname) FROM pg_statistic_ext";
          default -> "oid::regclass::text FROM pg_class";
        };
    return Former.text(connection, "SELECT " + printed + " WHERE oid = ?", oid).orElseThrow();
  }

  /** A view whose columns are the same is replaced again; one that has more is made anew. */
  private static Before replaced(Connection connection, Create create, long oid)
      throws SQLException {
    String columns =
        """
        SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', '
          ORDER BY attnum) FROM pg_attribute WHERE attrelid = ? AND attnum > 0
        """;
    Optional<String> before = Former.text(connection, columns, oid);
    String definition = FormerView.definition(connection, oid, "CREATE OR REPLACE VIEW");
    List<String> anew = new ArrayList<>();
    String name = name(connection, create, oid);
    anew.add("DROP VIEW IF EXISTS " + name);
    anew.addAll(FormerView.statements(connection, oid, ObjectKind.VIEW));
    return after ->
        Former.text(after, columns, oid).equals(before)
            ? List.of(definition)
            : List.of(Former.together(anew));
  }

  private static List<String> dropped(Connection connection, Drop drop) throws SQLException {
    List<String> parts = new ArrayList<>();
    for (QualifiedName written : drop.names()) {
      Optional<Long> oid = oid(connection, drop.of(), written);
      if (oid.isEmpty()) {
        continue;
      }
      switch (drop.of()) {
        case VIEW, MATERIALIZED_VIEW ->
            parts.add(0, Former.together(FormerView.statements(connection, oid.get(), drop.of())));
        case SCHEMA -> parts.add(0, Former.together(schema(connection, oid.get())));
        default -> {
          // What it held is lost: only a script can say what to do about it.
        }
      }
    }
    return parts;
  }

  private static List<String> schema(Connection connection, long oid) throws SQLException {
    String name =
        Former.text(
                connection, "SELECT oid::regnamespace::text FROM pg_namespace WHERE oid = ?", oid)
            .orElseThrow();
    List<String> statements = new ArrayList<>(List.of("CREATE SCHEMA " + name));
    statements.addAll(Former.belongings(connection, Held.SCHEMA, oid, "SCHEMA", name));
    return statements;
  }

  static Optional<Long> routineOid(Connection connection, Signature signature) throws SQLException {
    return signature.arguments().isPresent()
        ? Former.oid(connection, "to_regprocedure(?)", signature.identity())
        : Former.oid(connection, "to_regproc(?)", signature.name().sql());
  }

  private static String routineName(Connection connection, long oid) throws SQLException {
    return Former.text(connection, "SELECT oid::regprocedure::text FROM pg_proc WHERE oid = ?", oid)
        .orElseThrow();
  }

  private static String routineKind(Connection connection, long oid) throws SQLException {
    return Former.text(
            connection,
            "SELECT CASE prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END FROM pg_proc"
                + " WHERE oid = ?",
            oid)
        .orElseThrow();
  }

  private static Before routine(Connection connection, CreateRoutine create) throws SQLException {
    Optional<Long> there = routineOid(connection, create.signature());
    if (there.isPresent()) {
      String former = Former.routine(connection, there.get());
      return after -> List.of(former);
    }
    return after -> {
      Optional<Long> made = routineOid(after, create.signature());
      return made.isEmpty()
          ? List.of()
          : List.of("DROP " + create.of().sql() + " IF EXISTS " + routineName(after, made.get()));
    };
  }

  private static List<String> droppedRoutine(Connection connection, Signature signature)
      throws SQLException {
    Optional<Long> oid = routineOid(connection, signature);
    if (oid.isEmpty()) {
      return List.of();
    }
    List<String> statements = new ArrayList<>(List.of(Former.routine(connection, oid.get())));
    statements.addAll(
        Former.belongings(
            connection,
            Held.ROUTINE,
            oid.get(),
            routineKind(connection, oid.get()),
            routineName(connection, oid.get())));
    return List.of(Former.together(statements));
  }

  private static Before altered(Connection connection, AlterRoutine alter) throws SQLException {
    Optional<Long> oid = routineOid(connection, alter.signature());
    if (oid.isEmpty()) {
      return Before.NOTHING;
    }
    if (alter.aspect() == Aspect.DEFINITION) {
      String former = Former.routine(connection, oid.get());
      return after -> List.of(former);
    }
    String former =
        Former.text(
                connection,
                switch (alter.aspect()) {
                  case NAME -> "SELECT format('RENAME TO %I', proname) FROM pg_proc WHERE oid = ?";
                  case SCHEMA ->
                      "SELECT 'SET SCHEMA ' || pronamespace::regnamespace FROM pg_proc WHERE oid = ?";
                  default ->
                      "SELECT format('OWNER TO %I', pg_get_userbyid(proowner)) FROM pg_proc"
                          + " WHERE oid = ?";
                },
                oid.get())
            .orElseThrow();
    return after ->
        List.of(
            "ALTER "
                + routineKind(after, oid.get())
                + " "
                + routineName(after, oid.get())
                + " "
                + former);
  }

  /** A policy, trigger or rule. */
  private static Before part(Connection connection, OnTable part) throws SQLException {
    Optional<QualifiedName> table = Catalog.resolve(connection, part.table());
    if (table.isEmpty()) {
      return Before.NOTHING;
    }
    String kind = part.of().sql();
    String on = " ON " + table.get().sql();
    Optional<List<String>> former = PartDefinition.of(connection, part, table.get());
    if (part.act() == Act.DROP) {
      List<String> parts = former.map(made -> List.of(Former.together(made))).orElse(List.of());
      return after -> parts;
    }
    if (part.renamedTo().isPresent()) {
      String renamed = "ALTER " + kind + " " + QualifiedName.quote(part.renamedTo().get()) + on;
      return after -> List.of(renamed + " RENAME TO " + QualifiedName.quote(part.name()));
    }
    String drops = "DROP " + kind + " IF EXISTS " + QualifiedName.quote(part.name()) + on;
    List<String> statements = new ArrayList<>(List.of(drops));
    former.ifPresent(statements::addAll);
    return after -> List.of(Former.together(statements));
  }
}
