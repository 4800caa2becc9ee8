package io.lockkeeper.activities.postgres;

import io.lockkeeper.change.Measures;
import io.lockkeeper.change.Measures.RoleMeasure;
import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether our role may do what measures need, and whether they would bind whom they are meant for.
 * Reads only.
 */
public final class MeasureRights {
  /** From then on CREATEROLE alone does not reach other roles. */
  private static final int ADMIN_SINCE = 160_000;

  private final Connection connection;
  private final String us;
  private final String database;
  private final int version;
  private final boolean superuser;
  private final List<Right> rights = new ArrayList<>();

  /**
   * One thing that is needed.
   *
   * @param measure what needs it, such as {@code read_only}
   * @param missing what was found, and what to do; absent where it is there
   */
  public record Right(String measure, Optional<String> missing) {}

  /** Who is connected where. */
  private record Connected(String us, String database, int version, boolean superuser) {}

  private MeasureRights(Connection connection) throws SQLException {
    this.connection = connection;
    Connected connected =
        Rows.one(
            connection,
            """
            SELECT current_user, current_database(), current_setting('server_version_num')::int,
              rolsuper FROM pg_roles WHERE rolname = current_user
            """,
            row ->
                new Connected(
                    row.getString(1), row.getString(2), row.getInt(3), row.getBoolean(4)));
    us = connected.us();
    database = connected.database();
    version = connected.version();
    superuser = connected.superuser();
  }

  /** In the order of the measures; each right once. */
  public static List<Right> of(Target target, Measures measures) throws SQLException {
    return target.read(connection -> new MeasureRights(connection).look(measures));
  }

  private List<Right> look(Measures measures) throws SQLException {
    if (measures.readOnly()) {
      readOnly();
    }
    if (measures.readOnly() || measures.drain().isPresent()) {
      sessions();
    }
    for (var role : measures.roles().entrySet()) {
      role(role.getKey(), role.getValue());
    }
    return rights;
  }

  private void readOnly() throws SQLException {
    boolean owner =
        holds(
            "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database"
                + " WHERE datname = current_database()");
    add(
        "read_only",
        owner,
        us
            + " does not own the database "
            + database
            + " and cannot set a default of it: ALTER DATABASE "
            + QualifiedName.quote(database)
            + " OWNER TO "
            + QualifiedName.quote(us));
    List<String> unbound =
        Rows.list(
            connection,
            """
            SELECT DISTINCT rolname FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole,
              unnest(setconfig) c
            WHERE split_part(c, '=', 1) = 'default_transaction_read_only' AND NOT rolsuper
              AND s.setdatabase IN (0, (SELECT oid FROM pg_database
                WHERE datname = current_database()))
            ORDER BY 1
            """,
            row -> row.getString(1));
    add(
        "read_only",
        unbound.isEmpty(),
        "roles with a default_transaction_read_only of their own would go on as they are ("
            + String.join(", ", unbound)
            + "): ALTER ROLE … RESET default_transaction_read_only");
  }

  private void sessions() throws SQLException {
    // As names, because to end sessions and to see them are two roles.
    for (String needed : List.of("pg_signal_backend", "pg_read_all_stats")) {
      add(
          "drain",
          superuser || holds("SELECT pg_has_role('" + needed + "', 'USAGE')"),
          us
              + " can neither see nor end sessions of others without "
              + needed
              + ": GRANT "
              + needed
              + " TO "
              + QualifiedName.quote(us));
    }
  }

  private void role(String name, RoleMeasure measure) throws SQLException {
    String what = "role " + name;
    Optional<Boolean> found =
        Rows.first(
            connection,
            "SELECT rolsuper FROM pg_roles WHERE rolname = ?",
            row -> row.getBoolean(1),
            name);
    if (found.isEmpty()) {
      add(what, false, "the server has no role of that name: write the one of the application");
      return;
    }
    if (measure.connectionLimit().isPresent() && (found.get() || name.equals(us))) {
      add(
          what,
          false,
          found.get()
              ? "it is a superuser, whom no connection limit binds"
              : "it is our own role, and a connection limit would shut ourselves out");
    }
    if (name.equals(us) && measure.connectionLimit().isEmpty()) {
      return;
    }
    add(
        what,
        superuser || (!found.get() && createsRoles()),
        us
            + " has no CREATEROLE and cannot change another role: ALTER ROLE "
            + QualifiedName.quote(us)
            + " CREATEROLE");
    add(
        what,
        superuser || version < ADMIN_SINCE || administers(name),
        us
            + " does not administer it: GRANT "
            + QualifiedName.quote(name)
            + " TO "
            + QualifiedName.quote(us)
            + " WITH ADMIN OPTION");
  }

  private boolean createsRoles() throws SQLException {
    return holds("SELECT rolcreaterole FROM pg_roles WHERE rolname = current_user");
  }

  private boolean administers(String role) throws SQLException {
    return Rows.one(
        connection,
        "SELECT pg_has_role(?::name, 'MEMBER WITH ADMIN OPTION')",
        row -> row.getBoolean(1),
        role);
  }

  private boolean holds(String query) throws SQLException {
    return Rows.one(connection, query, row -> row.getBoolean(1));
  }

  private void add(String measure, boolean there, String missing) {
    rights.add(new Right(measure, there ? Optional.empty() : Optional.of(missing)));
  }
}
