package io.lockkeeper.activities.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What hangs on a database itself and in no backup of its contents. */
public final class DatabaseLikeness {
  private DatabaseLikeness() {}

  /**
   * Rights, limit and comment: statements that make those of one database those of another, which
   * was just made. In a transaction only.
   */
  public static List<String> of(Connection connection, String live, String name)
      throws SQLException {
    long oid =
        Rows.one(
            connection,
            "SELECT oid FROM pg_database WHERE datname = ?",
            row -> row.getLong(1),
            live);
    String quoted = Rows.one(connection, "SELECT quote_ident(?)", row -> row.getString(1), name);
    List<String> all =
        new ArrayList<>(
            Former.privileges(connection, Former.Held.DATABASE, oid, "DATABASE " + quoted));
    all.addAll(
        Rows.list(
            connection,
            """
            SELECT format('ALTER DATABASE %I CONNECTION LIMIT %s', ?::text, datconnlimit)
              FROM pg_database WHERE oid = ? AND datconnlimit <> -1
            UNION ALL
            SELECT format('COMMENT ON DATABASE %I IS %L', ?::text, c)
              FROM shobj_description(?::oid, 'pg_database') c WHERE c IS NOT NULL
            """,
            row -> row.getString(1),
            name,
            oid,
            name,
            oid));
    return all;
  }
}
