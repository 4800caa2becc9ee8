package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.RoleRight;
import io.lockkeeper.activities.postgres.Target;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the worker's role lacks to restore a backup beside and swap it in. Reads only. */
public final class RestoreRights {
  /** What it is for, in the order in which it is needed. */
  private static final Map<RoleRight, String> NEEDED = new LinkedHashMap<>();

  static {
    NEEDED.put(RoleRight.MAKES_DATABASES, "it may not make databases");
    NEEDED.put(RoleRight.OWNS_THE_DATABASE, "it does not own the database");
    NEEDED.put(RoleRight.ENDS_SESSIONS, "it may not end the sessions of others");
    NEEDED.put(RoleRight.SEES_SESSIONS, "it does not see the sessions of others");
    NEEDED.put(RoleRight.CONNECTS_BESIDE, "it may not connect to another database of the server");
  }

  private static final String OWNERS =
      """
      WITH me AS (SELECT * FROM pg_roles WHERE rolname = current_user),
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
      SELECT format('it cannot give things to their owner %I', pg_get_userbyid(owner)),
          format('GRANT %I TO %I', pg_get_userbyid(owner), rolname)
        FROM me, owners WHERE NOT pg_has_role(rolname, owner, 'MEMBER') ORDER BY 1
      """;

  private static final String PREPARED =
      """
      SELECT 'a prepared transaction is open there, and a database with one keeps its name',
          format('ROLLBACK PREPARED %L', gid)
        FROM pg_prepared_xacts WHERE database = current_database() ORDER BY gid
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

  /** Rights that it lacks; empty where a restore is allowed. */
  public static List<Missing> missing(Target target) throws SQLException {
    return target.read(RestoreRights::rights);
  }

  /** As {@link #missing}, and what stands in the way right now. */
  static List<Missing> hindrances(Target target) throws SQLException {
    List<Missing> all = new ArrayList<>(missing(target));
    all.addAll(target.read(connection -> list(connection, PREPARED)));
    return all;
  }

  private static List<Missing> rights(Connection connection) throws SQLException {
    List<Missing> missing = new ArrayList<>();
    for (Map.Entry<RoleRight, String> right : NEEDED.entrySet()) {
      Optional<String> mend = right.getKey().missing(connection);
      mend.ifPresent(statement -> missing.add(new Missing(right.getValue(), statement)));
    }
    missing.addAll(list(connection, OWNERS));
    return missing;
  }

  private static List<Missing> list(Connection connection, String query) throws SQLException {
    List<Missing> missing = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        missing.add(new Missing(rows.getString(1), rows.getString(2)));
      }
    }
    return missing;
  }
}
