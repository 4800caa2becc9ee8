package io.lockkeeper.activities.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * A right of our role on the server and the database that we are connected to, with the statement
 * that gives it. The one place that says how each is had. Source: pg_roles, pg_database.
 */
public enum RoleRight {
  MAKES_DATABASES("rolsuper OR rolcreatedb", "format('ALTER ROLE %I CREATEDB', rolname)"),

  OWNS_THE_DATABASE(
      "pg_has_role(rolname, datdba, 'USAGE')",
      "format('ALTER DATABASE %I OWNER TO %I', datname, rolname)"),

  ENDS_SESSIONS(
      "pg_has_role(rolname, 'pg_signal_backend', 'USAGE')",
      "format('GRANT pg_signal_backend TO %I', rolname)"),

  SEES_SESSIONS(
      "pg_has_role(rolname, 'pg_read_all_stats', 'USAGE')",
      "format('GRANT pg_read_all_stats TO %I', rolname)"),

  READS_FIGURES(
      "pg_has_role(rolname, 'pg_monitor', 'USAGE')", "format('GRANT pg_monitor TO %I', rolname)"),

  CONNECTS_BESIDE(
      "EXISTS (SELECT FROM pg_database o WHERE o.datname IN ('postgres', 'template1')"
          + " AND o.datname <> current_database() AND o.datallowconn"
          + " AND has_database_privilege(rolname, o.oid, 'CONNECT'))",
      "format('GRANT CONNECT ON DATABASE postgres TO %I', rolname)"),

  MAKES_SCHEMAS(
      "has_database_privilege(rolname, d.oid, 'CREATE')",
      "format('GRANT CREATE ON DATABASE %I TO %I', datname, rolname)"),

  MAKES_TEMPORARY_TABLES(
      "has_database_privilege(rolname, d.oid, 'TEMP')",
      "format('GRANT TEMP ON DATABASE %I TO %I', datname, rolname)");

  private final String query;

  RoleRight(String holds, String mend) {
    query =
        "SELECT "
            + mend
            + " FROM pg_roles, pg_database d"
            + " WHERE rolname = current_user AND datname = current_database() AND NOT ("
            + holds
            + ")";
  }

  /** The statement that gives it, for a superuser; nothing where our role has it. Reads only. */
  public Optional<String> missing(Connection connection) throws SQLException {
    return Rows.first(connection, query, row -> row.getString(1));
  }
}
