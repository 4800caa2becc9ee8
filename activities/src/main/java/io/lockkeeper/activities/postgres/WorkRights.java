package io.lockkeeper.activities.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What our role lacks to keep its ledger, to look at the target, and to apply sections; each with
 * the statement that mends it. Reads only.
 */
public final class WorkRights {
  private static final String OF_USERS =
      """
      n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'lockkeeper')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
          AND d.objid = c.oid AND d.deptype = 'e')
      """;

  private static final String FOREIGN =
      "SELECT format('it may not change what belongs to %1$I (%3$s tables and views): GRANT %1$I TO"
          + " %2$I', pg_get_userbyid(c.relowner), current_user, count(*))"
          + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE c.relkind IN ('r', 'p', 'v', 'm') AND "
          + OF_USERS
          + " AND NOT pg_has_role(c.relowner, 'USAGE') GROUP BY c.relowner ORDER BY 1";

  private static final String CLOSED =
      "SELECT DISTINCT format('it may not make anything in the schema %1$I: GRANT CREATE, USAGE ON"
          + " SCHEMA %1$I TO %2$I', n.nspname, current_user)"
          + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE c.relkind IN ('r', 'p', 'm') AND "
          + OF_USERS
          + " AND NOT has_schema_privilege(n.oid, 'CREATE') ORDER BY 1";

  private static final String LEDGER_OF_ANOTHER =
      """
      SELECT format('the ledger belongs to %1$I, and our role may not write it: GRANT %1$I TO %2$I',
          pg_get_userbyid(nspowner), current_user)
        FROM pg_namespace WHERE nspname = 'lockkeeper' AND NOT pg_has_role(nspowner, 'USAGE')
      """;

  private WorkRights() {}

  /** For the ledger. */
  public static List<String> ofLedger(Target target) throws SQLException {
    return target.read(WorkRights::ledger);
  }

  private static List<String> ledger(Connection connection) throws SQLException {
    if (!LedgerSchema.exists(connection)) {
      List<String> lacks = texts(connection, LEDGER_OF_ANOTHER);
      return lacks.isEmpty()
          ? missing(connection, RoleRight.MAKES_SCHEMAS, "it may not make the ledger's schema")
          : lacks;
    }
    List<String> lacks = new ArrayList<>(texts(connection, LEDGER_OF_ANOTHER));
    if (lacks.isEmpty()) {
      int version =
          Rows.one(connection, "SELECT max(version) FROM lockkeeper.version", row -> row.getInt(1));
      if (version > LedgerSchema.VERSION) {
        lacks.add(
            "the ledger has the version "
                + version
                + ", of a newer Lockkeeper than this one, which knows "
                + LedgerSchema.VERSION
                + ": upgrade the worker");
      }
    }
    return lacks;
  }

  /** For figures of other sessions, on which limits are judged. */
  public static List<String> ofFigures(Target target) throws SQLException {
    return target.read(
        connection ->
            missing(
                connection,
                RoleRight.READS_FIGURES,
                "it sees no figures of other sessions, so the health of a section cannot be told"
                    + " and none begins"));
  }

  /** For sections on the tables that are there. */
  public static List<String> ofSections(Target target) throws SQLException {
    return target.read(
        connection -> {
          List<String> lacks = new ArrayList<>(texts(connection, FOREIGN));
          lacks.addAll(texts(connection, CLOSED));
          lacks.addAll(
              missing(
                  connection,
                  RoleRight.MAKES_TEMPORARY_TABLES,
                  "it cannot tell whether an index is as meant"));
          return lacks;
        });
  }

  private static List<String> missing(Connection connection, RoleRight right, String found)
      throws SQLException {
    return right.missing(connection).map(mend -> found + ": " + mend).stream().toList();
  }

  private static List<String> texts(Connection connection, String query) throws SQLException {
    return Rows.list(connection, query, row -> row.getString(1));
  }
}
