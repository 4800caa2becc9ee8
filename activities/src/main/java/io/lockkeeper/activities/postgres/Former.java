package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.Script;
import io.lockkeeper.section.Statement;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Definitions of objects as the catalog has them, as statements that make them again. All names are
 * resolved by the session's search path and printed with their schema. In a transaction only.
 *
 * <p>A definition is somebody else's text: it is taken only where it is one statement
 * (CVE-2026-15741: what the server prints can hold more than it should).
 */
final class Former {
  private Former() {}

  /** Something printed while every name needs its schema; the session's path is put back. */
  static <T> T qualified(Connection connection, Target.Read<T> read) throws SQLException {
    String path =
        Rows.one(
            connection,
            "SELECT current_setting('search_path'), set_config('search_path', '', true)",
            row -> row.getString(1));
    T result = read.on(connection);
    Rows.one(
        connection, "SELECT set_config('search_path', ?, true)", row -> row.getString(1), path);
    return result;
  }

  /**
   * An object's oid by an expression such as {@code to_regclass(?)}; nothing where it is not there,
   * also where a part of its name is not.
   */
  static Optional<Long> oid(Connection connection, String expression, String... names)
      throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      Optional<Long> oid =
          Rows.one(
              connection,
              "SELECT (" + expression + ")::oid::bigint",
              row -> {
                long found = row.getLong(1);
                return row.wasNull() || found == 0 ? Optional.<Long>empty() : Optional.of(found);
              },
              (Object[]) names);
      connection.releaseSavepoint(before);
      return oid;
    } catch (SQLException e) {
      if (SqlFailures.isConnection(e) || !SqlFailures.state(e).startsWith("42")) {
        throw e;
      }
      connection.rollback(before);
      return Optional.empty();
    }
  }

  /** One text of a query that prints a definition, with {@code ?} for the oid. */
  static Optional<String> text(Connection connection, String sql, Object... values)
      throws SQLException {
    return qualified(
        connection,
        c ->
            Rows.list(c, sql, row -> Optional.ofNullable(row.getString(1)), values).stream()
                .flatMap(Optional::stream)
                .findFirst());
  }

  /** All texts of a query. */
  static List<String> texts(Connection connection, String sql, Object... values)
      throws SQLException {
    return qualified(connection, c -> Rows.list(c, sql, row -> row.getString(1), values));
  }

  /** The definition without its semicolon, where it is one statement. */
  static String one(String definition) throws SQLException {
    List<Statement> statements = Script.split(definition);
    if (statements.size() != 1) {
      throw new SQLException(
          "a definition in the catalog is not one statement, so it is not used to take the change"
              + " back: write a script that does",
          "55000");
    }
    return statements.get(0).text();
  }

  /** Several statements of one part: they are run in one transaction. */
  static String together(List<String> statements) {
    return String.join(";\n", statements);
  }

  /** How a routine is made again; of what is there only its definition changes. */
  static String routine(Connection connection, long oid) throws SQLException {
    return one(text(connection, "SELECT pg_get_functiondef(?)", oid).orElseThrow());
  }

  /**
   * What belongs to an object beside its definition, as statements for one that was just made again
   * by our role: owner, privileges, comment.
   *
   * @param kind as ALTER and COMMENT write it
   * @param name qualified
   */
  static List<String> belongings(
      Connection connection, Held catalog, long oid, String kind, String name) throws SQLException {
    List<String> all =
        new ArrayList<>(
            texts(
                connection,
                "SELECT format('ALTER %s %s OWNER TO %I', ?::text, ?::text, pg_get_userbyid("
                    + catalog.prefix
                    + "owner)) FROM "
                    + catalog.name
                    + " WHERE oid = ? AND pg_get_userbyid("
                    + catalog.prefix
                    + "owner) <> current_user",
                kind,
                name,
                oid));
    String granted =
        kind.endsWith("VIEW") || kind.endsWith("TABLE") ? "TABLE " + name : kind + " " + name;
    all.addAll(privileges(connection, catalog, oid, granted));
    all.addAll(
        texts(
            connection,
            """
            SELECT format('COMMENT ON %s %s IS %L', ?::text, ?::text, d)
            FROM obj_description(?::oid, ?::name) d WHERE d IS NOT NULL
            """,
            kind,
            name,
            oid,
            catalog.name));
    return all;
  }

  /**
   * Takes from everybody whom a new object is given to by default, and gives to whom it was given.
   */
  static List<String> privileges(Connection connection, Held catalog, long oid, String granted)
      throws SQLException {
    String explode = "aclexplode(coalesce(%s, acldefault('" + catalog.type + "', %s))) a ";
    String byDefault =
        "SELECT a.grantee FROM pg_default_acl d, aclexplode(d.defaclacl) a"
            + " WHERE d.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
            + " AND d.defaclobjtype = '"
            + catalog.byDefault()
            + "' AND d.defaclnamespace IN (0, "
            + catalog.schema()
            + ")";
    List<String> all =
        new ArrayList<>(
            texts(
                connection,
                "SELECT DISTINCT format('REVOKE ALL ON %s FROM %s', ?::text, "
                    + GRANTEE
                    + ") FROM "
                    + catalog.name
                    + " o, LATERAL (SELECT grantee FROM aclexplode(acldefault('"
                    + catalog.type
                    + "', "
                    + catalog.owner()
                    + ")) UNION "
                    + byDefault
                    + ") a WHERE o.oid = ? AND ("
                    + catalog.acl()
                    + " IS NOT NULL OR EXISTS ("
                    + byDefault
                    + "))",
                granted,
                oid));
    if (!all.isEmpty()) {
      all.addAll(
          texts(
              connection,
              "SELECT format('GRANT %s ON %s TO %s%s', string_agg(a.privilege_type, ', '), ?::text, "
                  + GRANTEE
                  + ", CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) FROM "
                  + catalog.name
                  + " o, "
                  + String.format(explode, catalog.acl(), catalog.owner())
                  + "WHERE o.oid = ? GROUP BY a.grantee, a.is_grantable ORDER BY 1",
              granted,
              oid));
    }
    if (catalog == Held.RELATION) {
      all.addAll(
          texts(
              connection,
              "SELECT format('GRANT %s (%I) ON %s TO %s%s', a.privilege_type, c.attname, ?::text, "
                  + GRANTEE
                  + ", CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)"
                  + " FROM pg_attribute c, aclexplode(c.attacl) a"
                  + " WHERE c.attrelid = ? AND NOT c.attisdropped ORDER BY 1",
              granted,
              oid));
    }
    return all;
  }

  /** Of an entry that aclexplode told. */
  static final String GRANTEE =
      "CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END";

  /** Catalogs whose objects have owners and privileges. */
  enum Held {
    RELATION("pg_class", "rel", "r"),
    SEQUENCE("pg_class", "rel", "s"),
    ROUTINE("pg_proc", "pro", "f"),
    SCHEMA("pg_namespace", "nsp", "n"),
    TYPE("pg_type", "typ", "T"),
    DATABASE("pg_database", "dat", "d");

    final String name;
    final String prefix;

    /** As acldefault() knows it. */
    final String type;

    Held(String name, String prefix, String type) {
      this.name = name;
      this.prefix = prefix;
      this.type = type;
    }

    /** The column with its owner, of the entry {@code o}. */
    String owner() {
      return this == DATABASE ? "o.datdba" : "o." + prefix + "owner";
    }

    String acl() {
      return "o." + prefix + "acl";
    }

    /** What it is in the schema of; none of those that are in none. */
    private String schema() {
      return this == SCHEMA || this == DATABASE ? "0" : "o." + prefix + "namespace";
    }

    /** As pg_default_acl knows it. */
    private String byDefault() {
      return this == SEQUENCE ? "S" : type;
    }
  }
}
