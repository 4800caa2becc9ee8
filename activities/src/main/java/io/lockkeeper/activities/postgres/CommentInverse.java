package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.ObjectChange.Comment;
import io.lockkeeper.section.ObjectKind;
import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What takes {@code COMMENT} back: the former one, or none. */
final class CommentInverse {
  private CommentInverse() {}

  static List<String> former(Connection connection, Comment comment) throws SQLException {
    if (comment.of().isEmpty() || comment.name().isEmpty()) {
      return List.of();
    }
    ObjectKind of = comment.of().get();
    QualifiedName name = comment.name().get();
    if (comment.part().isPresent()) {
      return part(connection, of, name, comment.part().get());
    }
    return switch (of) {
      case SCHEMA -> plain(connection, of, "to_regnamespace(?)", "pg_namespace", name.sql());
      case TYPE, DOMAIN -> plain(connection, of, "to_regtype(?)", "pg_type", name.sql());
      case FUNCTION, PROCEDURE, ROUTINE, AGGREGATE ->
          plain(
              connection,
              of,
              comment.identity().endsWith(")") ? "to_regprocedure(?)" : "to_regproc(?)",
              "pg_proc",
              comment.identity());
      case EXTENSION ->
          plain(
              connection,
              of,
              "SELECT oid FROM pg_extension WHERE extname = ?",
              "pg_extension",
              name.name());
      case EVENT_TRIGGER ->
          plain(
              connection,
              of,
              "SELECT oid FROM pg_event_trigger WHERE evtname = ?",
              "pg_event_trigger",
              name.name());
      case DATABASE ->
          plain(
              connection,
              of,
              "SELECT oid FROM pg_database WHERE datname = ?",
              "pg_database",
              name.name());
      case STATISTICS ->
          plain(
              connection,
              of,
              "SELECT oid FROM pg_statistic_ext WHERE stxname = ? AND stxnamespace ="
                  + " coalesce(to_regnamespace(nullif(?, '')), current_schema()::regnamespace)",
              "pg_statistic_ext",
              name.name(),
              name.schema().map(QualifiedName::quote).orElse(""));
      default -> plain(connection, of, "to_regclass(?)", "pg_class", name.sql());
    };
  }

  private static List<String> plain(
      Connection connection, ObjectKind of, String look, String catalog, String... name)
      throws SQLException {
    Optional<Long> oid = Former.oid(connection, look, name);
    if (oid.isEmpty()) {
      return List.of();
    }
    String printed =
        switch (catalog) {
          case "pg_namespace" -> "oid::regnamespace";
          case "pg_type" -> "oid::regtype";
          case "pg_proc" -> "oid::regprocedure";
          case "pg_extension" -> "quote_ident(extname)";
          case "pg_event_trigger" -> "quote_ident(evtname)";
          case "pg_database" -> "quote_ident(datname)";
          case "pg_statistic_ext" ->
              "format('%I.%I', (SELECT nspname FROM pg_namespace n WHERE n.oid = stxnamespace), stxname)";
          default -> "oid::regclass";
        };
    return Former.texts(
        connection,
        "SELECT format('COMMENT ON %s %s IS %s', ?::text, "
            + printed
            + ", quote_nullable("
            + (of == ObjectKind.DATABASE ? "shobj" : "obj")
            + "_description(oid, '"
            + catalog
            + "'))) FROM "
            + catalog
            + " WHERE oid = ?",
        of.sql(),
        oid.get());
  }

  private static List<String> part(
      Connection connection, ObjectKind of, QualifiedName table, String part) throws SQLException {
    Optional<Long> oid = Former.oid(connection, "to_regclass(?)", table.sql());
    if (oid.isEmpty()) {
      return List.of();
    }
    String sql =
        switch (of) {
          case COLUMN ->
              """
              SELECT format('COMMENT ON COLUMN %s.%I IS %s', attrelid::regclass, attname,
                quote_nullable(col_description(attrelid, attnum)))
              FROM pg_attribute WHERE attrelid = ? AND attname = ?
              """;
          case POLICY -> ofPart("POLICY", "pg_policy", "polrelid", "polname");
          case TRIGGER -> ofPart("TRIGGER", "pg_trigger", "tgrelid", "tgname");
          case RULE -> ofPart("RULE", "pg_rewrite", "ev_class", "rulename");
          default -> ofPart("CONSTRAINT", "pg_constraint", "conrelid", "conname");
        };
    return Former.texts(connection, sql, oid.get(), part);
  }

  private static String ofPart(String kind, String catalog, String table, String name) {
    return "SELECT format('COMMENT ON "
        + kind
        + " %I ON %s IS %s', "
        + name
        + ", "
        + table
        + "::regclass, quote_nullable(obj_description(oid, '"
        + catalog
        + "'))) FROM "
        + catalog
        + " WHERE "
        + table
        + " = ? AND "
        + name
        + " = ?";
  }
}
