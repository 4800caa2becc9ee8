package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Something of a database or a role that a measure changes for sessions that begin later. */
sealed interface TargetSetting {
  String READ_ONLY = "read_only";
  String CONNECTION_LIMIT = "connection_limit";

  /** {@code read_only}, {@code connection_limit}, or the time-out's name. */
  String kind();

  /** The database or role, without quotes. */
  String object();

  /** For people: {@code database magnus}. */
  String title();

  /** As it is set now; absent where nothing is. */
  Optional<String> current(Connection connection) throws SQLException;

  /**
   * Sets it, in the transaction that is open.
   *
   * @param value absent to have nothing set
   */
  void set(Connection connection, Optional<String> value) throws SQLException;

  /** What a row of the ledger is about. */
  static TargetSetting of(String kind, String object) {
    return switch (kind) {
      case READ_ONLY -> new ReadOnly(object);
      case CONNECTION_LIMIT -> new Connections(object);
      default -> new Timeout(object, kind);
    };
  }

  /** Whether transactions of the database's new sessions are read-only by default. */
  record ReadOnly(String object) implements TargetSetting {
    private static final String SETTING = "default_transaction_read_only";

    @Override
    public String kind() {
      return READ_ONLY;
    }

    @Override
    public String title() {
      return "database " + object;
    }

    @Override
    public Optional<String> current(Connection connection) throws SQLException {
      return Rows.first(
          connection,
          """
          SELECT substr(c, strpos(c, '=') + 1)
          FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, unnest(setconfig) c
          WHERE d.datname = ? AND s.setrole = 0 AND split_part(c, '=', 1) = ?
          """,
          row -> row.getString(1),
          object,
          SETTING);
    }

    @Override
    public void set(Connection connection, Optional<String> value) throws SQLException {
      execute(connection, "ALTER DATABASE " + QualifiedName.quote(object), SETTING, value);
    }
  }

  /** A time-out of a role in the database that we are connected to. */
  record Timeout(String object, String kind) implements TargetSetting {
    @Override
    public String title() {
      return "role " + object;
    }

    @Override
    public Optional<String> current(Connection connection) throws SQLException {
      return Rows.first(
          connection,
          """
          SELECT substr(c, strpos(c, '=') + 1)
          FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
            JOIN pg_roles r ON r.oid = s.setrole, unnest(setconfig) c
          WHERE d.datname = current_database() AND r.rolname = ? AND split_part(c, '=', 1) = ?
          """,
          row -> row.getString(1),
          object,
          kind);
    }

    @Override
    public void set(Connection connection, Optional<String> value) throws SQLException {
      String database = Rows.one(connection, "SELECT current_database()", row -> row.getString(1));
      execute(
          connection,
          "ALTER ROLE "
              + QualifiedName.quote(object)
              + " IN DATABASE "
              + QualifiedName.quote(database),
          kind,
          value);
    }
  }

  /** How many sessions a role may have, in all databases of the server. */
  record Connections(String object) implements TargetSetting {
    @Override
    public String kind() {
      return CONNECTION_LIMIT;
    }

    @Override
    public String title() {
      return "role " + object;
    }

    /** {@code -1} where there is none; absent where the role is not there. */
    @Override
    public Optional<String> current(Connection connection) throws SQLException {
      return Rows.first(
          connection,
          "SELECT rolconnlimit::text FROM pg_roles WHERE rolname = ?",
          row -> row.getString(1),
          object);
    }

    @Override
    public void set(Connection connection, Optional<String> value) throws SQLException {
      int limit = Integer.parseInt(value.orElse("-1"));
      Rows.execute(
          connection, "ALTER ROLE " + QualifiedName.quote(object) + " CONNECTION LIMIT " + limit);
    }
  }

  private static void execute(
      Connection connection, String whose, String setting, Optional<String> value)
      throws SQLException {
    Rows.execute(
        connection,
        value.isPresent()
            ? whose + " SET " + setting + " = " + Literal.of(value.get())
            : whose + " RESET " + setting);
  }
}
