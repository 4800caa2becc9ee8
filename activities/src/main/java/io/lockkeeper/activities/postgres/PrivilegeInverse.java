package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.Former.Held;
import io.lockkeeper.activities.postgres.InverseReader.Before;
import io.lockkeeper.section.ObjectChange.Privileges;
import io.lockkeeper.section.ObjectKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What takes {@code GRANT} and {@code REVOKE} back: what they really changed, and nothing else. */
final class PrivilegeInverse {
  private PrivilegeInverse() {}

  /** An object with its privileges. */
  private record Owned(Held catalog, long oid, String kind) {

    /** One line a privilege: what grants it, and what takes it. */
    List<String> privileges(Connection connection) throws SQLException {
      return Former.texts(
          connection,
          "SELECT format('%s ON %s %s TO %s%s', a.privilege_type, ?::text, "
              + printed()
              + ", "
              + Former.GRANTEE
              + ", CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) FROM "
              + catalog.name
              + " o, aclexplode(coalesce("
              + catalog.prefix
              + "acl, acldefault('"
              + catalog.type
              + "', "
              + catalog.prefix
              + "owner))) a WHERE o.oid = ? ORDER BY 1",
          kind,
          oid);
    }

    private String printed() {
      return switch (catalog) {
        case RELATION, SEQUENCE -> "o.oid::regclass";
        case ROUTINE -> "o.oid::regprocedure";
        case SCHEMA -> "o.oid::regnamespace";
        case TYPE -> "o.oid::regtype";
      };
    }
  }

  static Before before(Connection connection, Privileges privileges) throws SQLException {
    Map<Owned, List<String>> before = new LinkedHashMap<>();
    for (String identity : privileges.plain() ? privileges.identities() : List.<String>of()) {
      Optional<Owned> owned = owned(connection, privileges.of().orElseThrow(), identity);
      if (owned.isPresent()) {
        before.put(owned.get(), owned.get().privileges(connection));
      }
    }
    return after -> {
      List<String> statements = new ArrayList<>();
      for (Map.Entry<Owned, List<String>> entry : before.entrySet()) {
        List<String> now = entry.getKey().privileges(after);
        now.stream()
            .filter(line -> !entry.getValue().contains(line))
            .forEach(line -> statements.add(revoke(line)));
        entry.getValue().stream()
            .filter(line -> !now.contains(line))
            .forEach(line -> statements.add("GRANT " + line));
      }
      return statements.isEmpty() ? List.of() : List.of(Former.together(statements));
    };
  }

  private static String revoke(String line) {
    String plain = line.replaceFirst(" WITH GRANT OPTION$", "");
    int to = plain.lastIndexOf(" TO ");
    return "REVOKE " + plain.substring(0, to) + " FROM " + plain.substring(to + 4);
  }

  private static Optional<Owned> owned(Connection connection, ObjectKind of, String identity)
      throws SQLException {
    return switch (of) {
      case FUNCTION, PROCEDURE, ROUTINE, AGGREGATE -> {
        String look = identity.endsWith(")") ? "to_regprocedure(?)" : "to_regproc(?)";
        yield Former.oid(connection, look, identity)
            .map(oid -> new Owned(Held.ROUTINE, oid, "ROUTINE"));
      }
      case SCHEMA ->
          Former.oid(connection, "to_regnamespace(?)", identity)
              .map(oid -> new Owned(Held.SCHEMA, oid, "SCHEMA"));
      case TYPE, DOMAIN ->
          Former.oid(connection, "to_regtype(?)", identity)
              .map(oid -> new Owned(Held.TYPE, oid, "TYPE"));
      case SEQUENCE ->
          Former.oid(connection, "to_regclass(?)", identity)
              .map(oid -> new Owned(Held.SEQUENCE, oid, "SEQUENCE"));
      default ->
          Former.oid(connection, "to_regclass(?)", identity)
              .map(oid -> new Owned(Held.RELATION, oid, "TABLE"));
    };
  }
}
