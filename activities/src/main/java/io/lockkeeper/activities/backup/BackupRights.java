package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.backup.BackupReadiness.Finding;
import io.lockkeeper.activities.postgres.RoleRight;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the role lacks for a backup of the database that it is connected to, each with the statement
 * that mends it. Source: pg_class, pg_roles, pg_database, pg_available_extension_versions.
 */
final class BackupRights {
  /** pg_read_all_data is there. */
  private static final int READS_ALL_SINCE = 14;

  /** Of each list. */
  private static final int TOLD = 3;

  /** Members of extensions are not dumped. */
  private static final String RELATIONS =
      """
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND c.relpersistence <> 't'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
          AND d.objid = c.oid AND d.deptype = 'e')
      """;

  private static final String UNREADABLE =
      "SELECT format('%I.%I', n.nspname, c.relname) "
          + RELATIONS
          + """
              AND c.relkind IN ('r', 'p', 'S')
              AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))
          ORDER BY 1
          """;

  private static final String HIDDEN =
      "SELECT format('%I.%I', n.nspname, c.relname) "
          + RELATIONS
          + " AND c.relkind IN ('r', 'p') AND row_security_active(c.oid) ORDER BY 1";

  private static final String UNTRUSTED =
      """
      SELECT e.extname FROM pg_extension e
      JOIN pg_available_extension_versions v ON v.name = e.extname AND v.version = e.extversion
      WHERE v.superuser AND NOT coalesce((to_jsonb(v) ->> 'trusted')::boolean, false)
        AND e.extname <> 'plpgsql'
        AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
      ORDER BY 1
      """;

  private final Connection connection;
  private final String role;

  BackupRights(Connection connection) throws SQLException {
    this.connection = connection;
    this.role = Statements.one(connection, "SELECT quote_ident(current_user)");
  }

  /** For a dump of all that is there. */
  List<Finding> toRead() throws SQLException {
    List<Finding> findings = new ArrayList<>();
    List<String> unreadable = Statements.list(connection, UNREADABLE);
    if (!unreadable.isEmpty()) {
      findings.add(
          BackupReadiness.stops(
              "the role may not read " + some(unreadable) + ": " + readGrant(unreadable)));
    }
    List<String> hidden = Statements.list(connection, HIDDEN);
    if (!hidden.isEmpty()) {
      findings.add(
          BackupReadiness.stops(
              "row-level security hides rows of "
                  + some(hidden)
                  + " from the role: ALTER ROLE "
                  + role
                  + " BYPASSRLS"));
    }
    return findings;
  }

  /** For a trial restore into a scratch database. */
  List<Finding> toRestore() throws SQLException {
    List<Finding> findings = new ArrayList<>();
    RoleRight.MAKES_DATABASES
        .missing(connection)
        .ifPresent(
            mend ->
                findings.add(
                    BackupReadiness.stops(
                        "the role may not create the scratch database for the restore: " + mend)));
    List<String> untrusted = Statements.list(connection, UNTRUSTED);
    if (!untrusted.isEmpty()) {
      findings.add(
          BackupReadiness.stops(
              "only a superuser makes the extension "
                  + some(untrusted)
                  + ", so it cannot be restored into a scratch database: back the target up by kind"
                  + " command, or ask for backup: taken"));
    }
    return findings;
  }

  /** For a copy by the server. */
  List<Finding> toCopy() throws SQLException {
    List<Finding> findings = new ArrayList<>();
    RoleRight.MAKES_DATABASES
        .missing(connection)
        .ifPresent(
            mend ->
                findings.add(
                    BackupReadiness.stops(
                        "the role may not make a copy of the database: " + mend)));
    RoleRight.OWNS_THE_DATABASE
        .missing(connection)
        .ifPresent(
            mend ->
                findings.add(
                    BackupReadiness.stops("only the owner of the database may copy it: " + mend)));
    RoleRight.ENDS_SESSIONS
        .missing(connection)
        .ifPresent(
            mend ->
                findings.add(
                    BackupReadiness.warns(
                        "the role may not end sessions of other roles, and a copy needs the"
                            + " database without them: "
                            + mend)));
    return findings;
  }

  private String readGrant(List<String> relations) throws SQLException {
    if (connection.getMetaData().getDatabaseMajorVersion() >= READS_ALL_SINCE) {
      return "GRANT pg_read_all_data TO " + role;
    }
    return "GRANT SELECT ON "
        + relations.stream().limit(TOLD).map(ClientTool::plain).collect(Collectors.joining(", "))
        + " TO "
        + role
        + ", and USAGE on their schemas";
  }

  private static String some(List<String> names) {
    String told =
        names.stream().limit(TOLD).map(ClientTool::plain).collect(Collectors.joining(", "));
    return names.size() > TOLD ? told + " and " + (names.size() - TOLD) + " more" : told;
  }
}
