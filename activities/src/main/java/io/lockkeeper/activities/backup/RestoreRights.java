package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Target;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What the worker's role lacks to restore a backup beside and swap it in. Reads only. */
public final class RestoreRights {
  private static final String MISSING =
      """
      WITH me AS (SELECT * FROM pg_roles WHERE rolname = current_user),
        live AS (SELECT * FROM pg_database WHERE datname = current_database()),
        owners AS (
          SELECT relowner AS owner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'lockkeeper')
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                AND d.objid = c.oid AND d.deptype = 'e')
          UNION
          SELECT proowner FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'lockkeeper')
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
                AND d.objid = p.oid AND d.deptype = 'e')
          UNION
          SELECT nspowner FROM pg_namespace
            WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'lockkeeper', 'public'))
      SELECT 'it may not make databases', format('ALTER ROLE %I CREATEDB', rolname)
        FROM me WHERE NOT rolcreatedb AND NOT rolsuper
      UNION ALL
      SELECT 'it does not own the database', format('ALTER DATABASE %I OWNER TO %I', datname, rolname)
        FROM me, live WHERE NOT rolsuper AND NOT pg_has_role(rolname, datdba, 'USAGE')
      UNION ALL
      SELECT 'it may not end the sessions of others', format('GRANT pg_signal_backend TO %I', rolname)
        FROM me WHERE NOT rolsuper AND NOT pg_has_role(rolname, 'pg_signal_backend', 'USAGE')
      UNION ALL
      SELECT 'it does not see the sessions of others', format('GRANT pg_read_all_stats TO %I', rolname)
        FROM me WHERE NOT rolsuper AND NOT pg_has_role(rolname, 'pg_read_all_stats', 'USAGE')
      UNION ALL
      SELECT 'it may not connect to another database of the server',
          format('GRANT CONNECT ON DATABASE postgres TO %I', rolname)
        FROM me WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname IN ('postgres', 'template1')
          AND datname <> current_database() AND datallowconn
          AND has_database_privilege(rolname, oid, 'CONNECT'))
      UNION ALL
      SELECT format('it cannot give things to their owner %I', pg_get_userbyid(owner)),
          format('GRANT %I TO %I', pg_get_userbyid(owner), rolname)
        FROM me, owners WHERE NOT rolsuper AND NOT pg_has_role(rolname, owner, 'MEMBER')
      UNION ALL
      SELECT format('a prepared transaction is open there, and a database with one keeps its name'),
          format('ROLLBACK PREPARED %L', gid)
        FROM pg_prepared_xacts WHERE database = current_database()
      """;

  private RestoreRights() {}

  /**
   * Something that would stop a restore.
   *
   * @param found for people
   * @param mend the statement that ends it, for a superuser
   */
  public record Missing(String found, String mend) {
    /** For a list of findings. */
    public String text() {
      return found + ": " + mend;
    }
  }

  /** All of them; empty where a restore is allowed. */
  public static List<Missing> missing(Target target) throws SQLException {
    return target.read(RestoreRights::missing);
  }

  private static List<Missing> missing(Connection connection) throws SQLException {
    List<Missing> missing = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(MISSING)) {
      while (rows.next()) {
        missing.add(new Missing(rows.getString(1), rows.getString(2)));
      }
    }
    return missing;
  }
}
