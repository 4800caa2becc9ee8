package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.Former.Held;
import io.lockkeeper.activities.postgres.InverseReader.Before;
import io.lockkeeper.section.ObjectChange.Privileges;
import io.lockkeeper.section.ObjectKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What takes {@code GRANT} and {@code REVOKE} back: what they really changed, and nothing else. */
final class PrivilegeInverse {
  private PrivilegeInverse() {}

  /**
   * What somebody may do.
   *
   * @param privilege {@code SELECT}; of a column {@code SELECT (a)}
   * @param mayGrant whether he may give it away
   */
  private record Entry(
      String privilege, boolean ofColumn, String object, String grantee, boolean mayGrant) {
    String grant() {
      return "GRANT "
          + privilege
          + " ON "
          + object
          + " TO "
          + grantee
          + (mayGrant ? " WITH GRANT OPTION" : "");
    }

    /** Where it may not be given away any more it stays itself. */
    String revoke(boolean stays) {
      String what = stays ? "GRANT OPTION FOR " : "";
      return "REVOKE " + what + privilege + " ON " + object + " FROM " + grantee;
    }

    Entry with(boolean grants) {
      return new Entry(privilege, ofColumn, object, grantee, grants);
    }
  }

  /** An object with its privileges; a relation with those of its columns. */
  private record Owned(Held catalog, long oid, String kind) {

    Set<Entry> entries(Connection connection) throws SQLException {
      String from = Former.GRANTEE + ", a.is_grantable FROM " + catalog.name + " o, ";
      String object = "format('%s %s', ?::text, " + printed() + "), ";
      Set<Entry> entries =
          entries(
              connection,
              false,
              "SELECT a.privilege_type, "
                  + object
                  + from
                  + "aclexplode(coalesce("
                  + catalog.acl()
                  + ", acldefault('"
                  + catalog.type
                  + "', "
                  + catalog.owner()
                  + "))) a WHERE o.oid = ? ORDER BY 1, 3");
      if (catalog == Held.RELATION) {
        entries.addAll(
            entries(
                connection,
                true,
                "SELECT format('%s (%I)', a.privilege_type, c.attname), "
                    + object
                    + from
                    + "pg_attribute c, aclexplode(c.attacl) a"
                    + " WHERE o.oid = ? AND c.attrelid = o.oid AND NOT c.attisdropped"
                    + " ORDER BY 1, 3"));
      }
      return entries;
    }

    private Set<Entry> entries(Connection connection, boolean ofColumn, String sql)
        throws SQLException {
      return new LinkedHashSet<>(
          Former.qualified(
              connection,
              c ->
                  Rows.list(
                      c,
                      sql,
                      row ->
                          new Entry(
                              row.getString(1),
                              ofColumn,
                              row.getString(2),
                              row.getString(3),
                              row.getBoolean(4)),
                      kind,
                      oid)));
    }

    private String printed() {
      return switch (catalog) {
        case RELATION, SEQUENCE -> "o.oid::regclass";
        case ROUTINE -> "o.oid::regprocedure";
        case SCHEMA -> "o.oid::regnamespace";
        case TYPE -> "o.oid::regtype";
        case DATABASE -> "quote_ident(o.datname)";
      };
    }
  }

  static Before before(Connection connection, Privileges privileges) throws SQLException {
    Map<Owned, Set<Entry>> before = new LinkedHashMap<>();
    for (String identity : privileges.plain() ? privileges.identities() : List.<String>of()) {
      ObjectKind of = privileges.of().orElseThrow();
      for (Owned owned :
          privileges.ofAll()
              ? inSchema(connection, of, identity)
              : owned(connection, of, identity).stream().toList()) {
        before.put(owned, owned.entries(connection));
      }
    }
    return after -> {
      List<String> statements = new ArrayList<>();
      for (Map.Entry<Owned, Set<Entry>> entry : before.entrySet()) {
        statements.addAll(back(entry.getValue(), entry.getKey().entries(after)));
      }
      return statements.isEmpty() ? List.of() : List.of(Former.together(statements));
    };
  }

  /** What leads from now to what was. */
  private static List<String> back(Set<Entry> was, Set<Entry> now) {
    List<String> statements = new ArrayList<>();
    Set<String> losing = new HashSet<>();
    for (Entry entry : now) {
      boolean more = !was.contains(entry) && !was.contains(entry.with(true));
      if (more) {
        statements.add(entry.revoke(was.contains(entry.with(false))));
        losing.add(entry.grantee());
      }
    }
    for (Entry entry : was) {
      boolean less = !now.contains(entry) && !now.contains(entry.with(true));
      // What is taken from somebody on a table is taken from him on its columns too.
      if (less || (entry.ofColumn() && losing.contains(entry.grantee()))) {
        statements.add(entry.grant());
      }
    }
    return statements;
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
      case DATABASE ->
          Former.oid(
                  connection,
                  "SELECT oid FROM pg_database WHERE quote_ident(datname) = ?"
                      + " OR '\"' || replace(datname, '\"', '\"\"') || '\"' = ?",
                  identity,
                  identity)
              .map(oid -> new Owned(Held.DATABASE, oid, "DATABASE"));
      default -> {
        Optional<Long> oid = Former.oid(connection, "to_regclass(?)", identity);
        yield oid.isEmpty() ? Optional.empty() : Optional.of(relation(connection, oid.get()));
      }
    };
  }

  /** A sequence has rights of its own, also where it is called a table. */
  private static Owned relation(Connection connection, long oid) throws SQLException {
    boolean sequence =
        !Former.texts(connection, "SELECT 's' FROM pg_class WHERE oid = ? AND relkind = 'S'", oid)
            .isEmpty();
    return sequence
        ? new Owned(Held.SEQUENCE, oid, "SEQUENCE")
        : new Owned(Held.RELATION, oid, "TABLE");
  }

  /** All of the kind in a schema, as GRANT understands it. */
  private static List<Owned> inSchema(Connection connection, ObjectKind of, String schema)
      throws SQLException {
    String look =
        switch (of) {
          case SEQUENCE -> "pg_class WHERE relkind = 'S' AND relnamespace";
          case FUNCTION -> "pg_proc WHERE prokind <> 'p' AND pronamespace";
          case PROCEDURE -> "pg_proc WHERE prokind = 'p' AND pronamespace";
          case ROUTINE -> "pg_proc WHERE pronamespace";
          default -> "pg_class WHERE relkind IN ('r', 'v', 'm', 'f', 'p') AND relnamespace";
        };
    Held catalog =
        look.startsWith("pg_proc")
            ? Held.ROUTINE
            : of == ObjectKind.SEQUENCE ? Held.SEQUENCE : Held.RELATION;
    String kind = catalog == Held.RELATION ? "TABLE" : catalog.name();
    return Rows.list(
        connection,
        "SELECT oid::bigint FROM " + look + " = to_regnamespace(?) ORDER BY 1",
        row -> new Owned(catalog, row.getLong(1), kind),
        schema);
  }
}
