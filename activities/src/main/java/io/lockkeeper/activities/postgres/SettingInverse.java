package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.ObjectChange.StoredSetting;
import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What takes {@code ALTER DATABASE … SET} and {@code ALTER ROLE … SET} back: the value that stood
 * there, or none.
 */
final class SettingInverse {
  private static final Set<String> OURSELVES =
      Set.of("current_user", "current_role", "session_user");

  private static final String STORED =
      """
      SELECT unnest(setconfig) FROM pg_db_role_setting
      WHERE setrole = coalesce((SELECT oid FROM pg_roles WHERE rolname = ?), 0)
        AND setdatabase = coalesce((SELECT oid FROM pg_database WHERE datname = ?), 0)
      """;

  private SettingInverse() {}

  static List<String> former(Connection connection, StoredSetting setting) throws SQLException {
    Optional<String> role = role(connection, setting);
    String of = of(role, setting.database());
    List<String> parts = new ArrayList<>();
    for (String stored :
        Former.texts(connection, STORED, role.orElse(""), setting.database().orElse(""))) {
      String name = stored.substring(0, stored.indexOf('='));
      if (setting.setting().filter(only -> !only.equalsIgnoreCase(name)).isEmpty()) {
        parts.add(set(of, name, stored.substring(name.length() + 1)));
      }
    }
    if (parts.isEmpty()) {
      setting.setting().ifPresent(name -> parts.add(of + " RESET " + quoted(name)));
    }
    return parts;
  }

  private static Optional<String> role(Connection connection, StoredSetting setting)
      throws SQLException {
    return setting.role().filter(OURSELVES::contains).isPresent()
        ? Former.text(connection, "SELECT current_user::text")
        : setting.role();
  }

  private static String of(Optional<String> role, Optional<String> database) {
    String in = database.map(name -> " DATABASE " + QualifiedName.quote(name)).orElse("");
    if (role.isEmpty() && database.isPresent()) {
      return "ALTER" + in;
    }
    return "ALTER ROLE "
        + role.map(QualifiedName::quote).orElse("ALL")
        + (database.isPresent() ? " IN" + in : "");
  }

  /** A list is told as the server stored it, and taken from there. */
  private static String set(String of, String name, String value) {
    String literal = Literal.of(value);
    return ListSettings.has(name)
        ? "SELECT set_config('"
            + name
            + "', "
            + literal
            + ", true);\n"
            + of
            + " SET "
            + quoted(name)
            + " FROM CURRENT"
        : of + " SET " + quoted(name) + " TO " + literal;
  }

  private static String quoted(String name) {
    return Arrays.stream(name.split("\\."))
        .map(QualifiedName::quote)
        .collect(Collectors.joining("."));
  }
}
