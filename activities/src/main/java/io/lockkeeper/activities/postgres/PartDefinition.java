package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.ObjectChange.OnTable;
import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A policy, trigger or rule as statements that make it again, with its state and its comment. */
final class PartDefinition {
  private static final String POLICY =
      """
      SELECT format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', polname, polrelid::regclass,
          CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
          CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
            WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
          (SELECT string_agg(CASE WHEN role = 0 THEN 'PUBLIC'
            ELSE quote_ident(pg_get_userbyid(role)) END, ', ') FROM unnest(polroles) role))
        || coalesce(' USING (' || pg_get_expr(polqual, polrelid) || ')', '')
        || coalesce(' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')', '')
      FROM pg_policy WHERE polrelid = to_regclass(?) AND polname = ?
      """;

  private static final String TRIGGER =
      "SELECT pg_get_triggerdef(oid) FROM pg_trigger"
          + " WHERE tgrelid = to_regclass(?) AND tgname = ? AND NOT tgisinternal";

  private static final String TRIGGER_STATE =
      """
      SELECT format('ALTER TABLE %s %s TRIGGER %I', tgrelid::regclass, CASE tgenabled
        WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, tgname)
      FROM pg_trigger WHERE tgrelid = to_regclass(?) AND tgname = ? AND tgenabled <> 'O'
      """;

  private static final String RULE =
      "SELECT rtrim(pg_get_ruledef(oid), '; ') FROM pg_rewrite"
          + " WHERE ev_class = to_regclass(?) AND rulename = ?";

  private PartDefinition() {}

  /** Nothing where there is none of that name. */
  static Optional<List<String>> of(Connection connection, OnTable part, QualifiedName table)
      throws SQLException {
    String definition =
        switch (part.of()) {
          case POLICY -> POLICY;
          case TRIGGER -> TRIGGER;
          default -> RULE;
        };
    Optional<String> found = Former.text(connection, definition, table.sql(), part.name());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    List<String> statements = new ArrayList<>(List.of(Former.one(found.get())));
    switch (part.of()) {
      case TRIGGER ->
          statements.addAll(Former.texts(connection, TRIGGER_STATE, table.sql(), part.name()));
      default -> {
        // Policies and rules are made as they are.
      }
    }
    statements.addAll(comment(connection, part, table));
    return Optional.of(statements);
  }

  private static List<String> comment(Connection connection, OnTable part, QualifiedName table)
      throws SQLException {
    String where =
        switch (part.of()) {
          case POLICY -> "pg_policy WHERE polrelid = to_regclass(?) AND polname = ?";
          case TRIGGER -> "pg_trigger WHERE tgrelid = to_regclass(?) AND tgname = ?";
          default -> "pg_rewrite WHERE ev_class = to_regclass(?) AND rulename = ?";
        };
    String catalog = where.substring(0, where.indexOf(' '));
    return Former.texts(
        connection,
        "SELECT format('COMMENT ON %s %I ON %s IS %L', ?::text, ?::text, ?::text, d) FROM (SELECT"
            + " obj_description(oid, '"
            + catalog
            + "') AS d FROM "
            + where
            + ") c WHERE d IS NOT NULL",
        part.of().sql(),
        part.name(),
        table.sql(),
        table.sql(),
        part.name());
  }
}
