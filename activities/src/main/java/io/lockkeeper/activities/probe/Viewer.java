package io.lockkeeper.activities.probe;

import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Target;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/**
 * As whom a query is run: a role of the database, and values of custom settings. Both last as long
 * as the transaction. Source: pg_roles (PostgreSQL 12+).
 *
 * @param role absent for the engine's own
 * @param settings values by name
 */
public record Viewer(Optional<String> role, Map<String, String> settings) {
  /** The engine's own role without settings. */
  public static final Viewer OURS = new Viewer(Optional.empty(), Map.of());

  private static final String INSUFFICIENT_PRIVILEGE = "42501";
  private static final String UNDEFINED_OBJECT = "42704";

  public Viewer {
    settings = Map.copyOf(settings);
  }

  /**
   * Why queries cannot be run as a role, or would prove nothing; nothing where they can.
   *
   * @throws SQLException where that could not be looked at
   */
  public static Optional<String> refused(Target target, String role) throws SQLException {
    Viewer viewer = new Viewer(Optional.of(role), Map.of());
    try {
      return target.read(
          connection -> SqlProbe.inReadOnly(connection, viewer, Optional::<String>empty));
    } catch (SQLException e) {
      if (SqlFailures.isConnection(e)) {
        throw e;
      }
      return Optional.of(SqlFailures.text(e));
    }
  }

  /**
   * Within a transaction of the connection.
   *
   * @throws SQLException where there is no such role, row-level security does not bind it, or we
   *     may not take it
   */
  void become(Connection connection) throws SQLException {
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      set(connection, setting.getKey(), setting.getValue());
    }
    if (role.isPresent()) {
      requireBound(connection, role.get());
      take(connection, role.get());
    }
  }

  /** What such a role sees is what nobody else sees, and its figures are those of nobody else. */
  private static void requireBound(Connection connection, String role) throws SQLException {
    String sql = "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, role);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("there is no role " + role, UNDEFINED_OBJECT);
        }
        if (row.getBoolean(1) || row.getBoolean(2)) {
          throw new SQLException(
              "role "
                  + role
                  + (row.getBoolean(1) ? " is a superuser" : " has BYPASSRLS")
                  + ", so row-level security does not bind it and what it sees proves nothing;"
                  + " name the role of the application",
              INSUFFICIENT_PRIVILEGE);
        }
      }
    }
  }

  private static void take(Connection connection, String role) throws SQLException {
    try {
      set(connection, "role", role);
    } catch (SQLException e) {
      if (SqlFailures.state(e).equals(INSUFFICIENT_PRIVILEGE)) {
        String ours = connection.getMetaData().getUserName();
        throw new SQLException(
            ours + " may not act as " + role + ": GRANT " + role + " TO " + ours,
            INSUFFICIENT_PRIVILEGE,
            e);
      }
      throw e;
    }
  }

  /** As SET LOCAL does, with the value bound. */
  private static void set(Connection connection, String name, String value) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT set_config(?, ?, true)")) {
      statement.setString(1, name);
      statement.setString(2, value);
      statement.executeQuery().close();
    }
  }
}
