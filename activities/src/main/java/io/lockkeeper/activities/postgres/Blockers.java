package io.lockkeeper.activities.postgres;

import io.lockkeeper.activity.Blocker;
import io.lockkeeper.section.LockMode;
import io.lockkeeper.section.MaskedSql;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who stands in whose way, as trees. Source: pg_blocking_pids (it takes the lock manager for itself
 * for a moment, so it is asked for those alone that wait), pg_locks, pg_stat_activity,
 * pg_prepared_xacts (PostgreSQL 12+).
 */
public final class Blockers {
  private static final int DEPTH = 4;
  private static final int SHOWN = 8;
  private static final int QUERY = 200;

  /** Of a query so much is read that masking it leaves enough to be shown. */
  private static final int READ = 1_000;

  private static final String SESSIONS =
      """
      SELECT pid, coalesce(usename, '') AS usename, coalesce(application_name, '') AS application,

        CASE WHEN backend_type <> 'client backend' THEN backend_type
          ELSE coalesce(state, 'in a state that is not shown') END AS state,
        coalesce(left(query, %d), '') AS query,
        coalesce(extract(epoch FROM clock_timestamp() - state_change), 0) AS in_state,
        coalesce(extract(epoch FROM clock_timestamp() - xact_start), 0) AS in_transaction
      FROM pg_stat_activity WHERE pid = ANY (?::int[])
      """
          .formatted(READ);

  private static final String PREPARED =
      """
      SELECT gid, owner, extract(epoch FROM clock_timestamp() - prepared) AS age
      FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared
      """;

  /** Whom those wait for that wait; a prepared transaction is zero. */
  private static final String BEFORE =
      """
      SELECT w.pid, pg_blocking_pids(w.pid) AS blockers
      FROM (SELECT DISTINCT pid FROM pg_locks WHERE NOT granted AND pid = ANY (?::int[])) w
      """;

  private final Connection connection;
  private final Map<Integer, List<Integer>> before = new HashMap<>();
  private final Map<Integer, Blocker> sessions = new HashMap<>();

  private Blockers(Connection connection) {
    this.connection = connection;
  }

  /** Who stands before a backend; empty where it waits for no lock. */
  static List<Blocker> before(Connection connection, int pid) throws SQLException {
    Blockers blockers = new Blockers(connection);
    blockers.follow(List.of(pid));
    return blockers.trees(blockers.before.getOrDefault(pid, List.of()), Set.of(pid));
  }

  /** Who holds or awaits what whoever asks for that lock would wait for; we ourselves left out. */
  static List<Blocker> of(Connection connection, long relation, LockMode mode, int self)
      throws SQLException {
    List<Integer> holders =
        Rows.list(
            connection,
            """
            SELECT DISTINCT coalesce(pid, 0) FROM pg_locks
            WHERE locktype = 'relation' AND relation = ?::oid AND mode = ANY (?)
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND pid IS DISTINCT FROM ?
            """,
            row -> row.getInt(1),
            relation,
            conflicting(mode),
            self);
    Blockers blockers = new Blockers(connection);
    blockers.follow(holders);
    return blockers.trees(holders, Set.of(self));
  }

  /** Everybody who is waited for by somebody and waits for nobody himself comes last in a tree. */
  public static List<Blocker> all(Target target) throws SQLException {
    return target.read(Blockers::all);
  }

  static List<Blocker> all(Connection connection) throws SQLException {
    List<Integer> waiting =
        Rows.list(
            connection,
            "SELECT DISTINCT pid FROM pg_locks WHERE NOT granted AND pid IS NOT NULL LIMIT 50",
            row -> row.getInt(1));
    Blockers blockers = new Blockers(connection);
    blockers.follow(waiting);
    Set<Integer> first = new LinkedHashSet<>();
    blockers.before.values().forEach(first::addAll);
    // Whoever is behind another in the list is shown below him already.
    Set<Integer> below = new HashSet<>();
    first.forEach(pid -> below.addAll(blockers.before.getOrDefault(pid, List.of())));
    List<Integer> roots = first.stream().filter(pid -> !below.contains(pid)).toList();
    return blockers.trees(roots.isEmpty() ? List.copyOf(first) : roots, Set.of());
  }

  /** Modes that cannot be held beside it. Source: PostgreSQL 15, table 13.2. */
  static List<String> conflicting(LockMode mode) {
    Set<LockMode> conflicts =
        switch (mode) {
          case ACCESS_SHARE -> from(LockMode.ACCESS_EXCLUSIVE);
          case ROW_SHARE -> from(LockMode.EXCLUSIVE);
          case ROW_EXCLUSIVE -> from(LockMode.SHARE);
          case SHARE_UPDATE_EXCLUSIVE -> from(LockMode.SHARE_UPDATE_EXCLUSIVE);
          case SHARE -> {
            Set<LockMode> others = from(LockMode.ROW_EXCLUSIVE);
            others.remove(LockMode.SHARE);
            yield others;
          }
          case SHARE_ROW_EXCLUSIVE -> from(LockMode.ROW_EXCLUSIVE);
          case EXCLUSIVE -> from(LockMode.ROW_SHARE);
          case ACCESS_EXCLUSIVE -> from(LockMode.ACCESS_SHARE);
        };
    return conflicts.stream().map(Blockers::catalogName).toList();
  }

  private static Set<LockMode> from(LockMode weakest) {
    return EnumSet.range(weakest, LockMode.ACCESS_EXCLUSIVE);
  }

  /** {@code ShareUpdateExclusiveLock}, as pg_locks has it. */
  private static String catalogName(LockMode mode) {
    StringBuilder name = new StringBuilder();
    for (String word : mode.text().split(" ")) {
      name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
    }
    return name.append("Lock").toString();
  }

  /** Finds who stands before whom, level by level. */
  private void follow(List<Integer> first) throws SQLException {
    Set<Integer> seen = new HashSet<>(first);
    Set<Integer> level = new LinkedHashSet<>(first);
    for (int depth = 0; depth < DEPTH && !level.isEmpty(); depth++) {
      Set<Integer> next = new LinkedHashSet<>();
      for (Map.Entry<Integer, List<Integer>> found : before(level).entrySet()) {
        before.put(found.getKey(), found.getValue());
        found.getValue().stream().filter(seen::add).forEach(next::add);
      }
      level = next;
    }
    for (Blocker session : sessions(seen)) {
      sessions.put(session.pid(), session);
    }
  }

  private Map<Integer, List<Integer>> before(Set<Integer> pids) throws SQLException {
    Map<Integer, List<Integer>> found = new LinkedHashMap<>();
    Rows.list(
        connection,
        BEFORE,
        row -> found.put(row.getInt("pid"), pids(row.getArray("blockers"))),
        texts(pids));
    return found;
  }

  private static List<Integer> pids(Array array) throws SQLException {
    return Arrays.stream((Integer[]) array.getArray()).distinct().toList();
  }

  private List<Blocker> sessions(Set<Integer> pids) throws SQLException {
    return Rows.list(connection, SESSIONS, Blockers::session, texts(pids));
  }

  private static Blocker session(ResultSet row) throws SQLException {
    return new Blocker(
        row.getInt("pid"),
        row.getString("usename"),
        row.getString("application"),
        row.getString("state"),
        row.getDouble("in_state"),
        row.getDouble("in_transaction"),
        Optional.of(MaskedSql.of(row.getString("query"), QUERY)).filter(q -> !q.isEmpty()),
        List.of());
  }

  private List<Blocker> trees(List<Integer> pids, Set<Integer> above) throws SQLException {
    List<Blocker> trees = new ArrayList<>();
    for (int pid : pids) {
      if (trees.size() >= SHOWN) {
        break;
      }
      @Nullable Blocker session = sessions.get(pid);
      if (pid == 0) {
        trees.addAll(prepared());
      } else if (session != null && !above.contains(pid)) {
        Set<Integer> path = new HashSet<>(above);
        path.add(pid);
        List<Blocker> behind = trees(before.getOrDefault(pid, List.of()), path);
        trees.add(waiting(session, behind));
      }
    }
    return trees;
  }

  private static Blocker waiting(Blocker session, List<Blocker> behind) {
    return new Blocker(
        session.pid(),
        session.user(),
        session.application(),
        session.state(),
        session.stateSeconds(),
        session.transactionSeconds(),
        session.query(),
        behind);
  }

  /** The catalog does not tell which one it is, so all of the database are named. */
  private List<Blocker> prepared() throws SQLException {
    return Rows.list(
        connection,
        PREPARED,
        row ->
            new Blocker(
                0,
                row.getString("owner"),
                row.getString("gid"),
                "prepared",
                row.getDouble("age"),
                row.getDouble("age"),
                Optional.empty(),
                List.of()));
  }

  private static List<String> texts(Set<Integer> pids) {
    return pids.stream().map(String::valueOf).toList();
  }
}
