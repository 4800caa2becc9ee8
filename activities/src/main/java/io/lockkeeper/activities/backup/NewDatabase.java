package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.ListSettings;
import io.lockkeeper.activities.postgres.Literal;
import io.lockkeeper.section.QualifiedName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A database beside the live one, to take its place: of the same owner, encoding and locale, and
 * with what hangs on a database and in no backup of its contents: settings, rights, comment, limit.
 *
 * @param connection in the live database
 * @param made told once it is there
 */
record NewDatabase(Connection connection, String live, String name, Runnable made) {
  /** Of nothing. */
  void createEmpty() throws SQLException {
    create(" " + empty(connection, live));
  }

  /** How CREATE DATABASE makes an empty one of another's encoding and locale, by any provider. */
  static String empty(Connection connection, String like) throws SQLException {
    // to_jsonb, because which columns there are depends on the version.
    return one(
        connection,
        """
        SELECT format('TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L',
            pg_encoding_to_char(encoding), d->>'datcollate', d->>'datctype')
          || CASE d->>'datlocprovider' WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L',
                coalesce(d->>'daticulocale', d->>'datlocale'))
              WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', d->>'datlocale')
              ELSE '' END
        FROM (SELECT encoding, to_jsonb(b) AS d FROM pg_database b WHERE datname = ?) x
        """,
        like);
  }

  /** Of all that is in another database, in which there must be nobody. */
  void createCopy(String template) throws SQLException {
    create(" TEMPLATE " + QualifiedName.quote(template));
  }

  private void create(String how) throws SQLException {
    String where =
        one(
            connection,
            """
            SELECT format(' OWNER %I', pg_get_userbyid(datdba))
              || CASE WHEN spcname <> 'pg_default' THEN format(' TABLESPACE %I', spcname) ELSE '' END
            FROM pg_database JOIN pg_tablespace t ON t.oid = dattablespace WHERE datname = ?
            """,
            live);
    Statements.execute(connection, "CREATE DATABASE " + QualifiedName.quote(name) + how + where);
    made.run();
  }

  /** Settings of the live database, for everybody and for single roles. */
  void carrySettings() throws SQLException {
    eachRow(
        """
        SELECT CASE WHEN setrole = 0 THEN format('ALTER DATABASE %I', ?::text)
            ELSE format('ALTER ROLE %I IN DATABASE %I', pg_get_userbyid(setrole), ?::text) END,
          split_part(s, '=', 1), substr(s, strpos(s, '=') + 1)
        FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase, unnest(setconfig) s
        WHERE datname = ?
        """,
        List.of(name, name, live),
        setting -> setting.get(0) + " SET " + setting(setting.get(1), setting.get(2)));
  }

  private static String setting(String name, String value) {
    boolean list = ListSettings.has(name) && !value.isEmpty();
    return name.replaceAll("[^A-Za-z0-9_.]", "") + " = " + (list ? value : Literal.of(value));
  }

  private interface Worded {
    String of(List<String> row);
  }

  private void eachRow(String sql, List<String> values, Worded statement) throws SQLException {
    List<String> statements = new ArrayList<>();
    query(
        connection,
        sql,
        values,
        row -> {
          statements.add(statement.of(row));
        });
    for (String one : statements) {
      Statements.execute(connection, one);
    }
  }

  private static String one(Connection connection, String sql, String database)
      throws SQLException {
    List<String> found = new ArrayList<>();
    query(connection, sql, List.of(database), row -> found.add(row.get(0)));
    return found.get(0);
  }

  private static void query(
      Connection connection, String sql, List<String> values, Consumer<List<String>> reader)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.size(); i++) {
        statement.setString(i + 1, values.get(i));
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          List<String> row = new ArrayList<>();
          for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
            row.add(rows.getString(column));
          }
          reader.accept(row);
        }
      }
    }
  }
}
