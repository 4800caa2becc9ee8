package io.lockkeeper.deploy.matrix;

import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.matrix.Kind.Hold;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Gates in a target at which the worker's backend stands still until they are opened: nothing of it
 * is in the product. A gate is an advisory lock that the test holds; who stands before it says so
 * by another one. It is asked for by trying, because the worker's lock time-outs must not end it.
 */
final class Gates {
  private static final int START = 1;
  private static final int MIDDLE = 2;
  private static final int FINISH = 3;
  private static final int COMMIT = 4;

  /** In every lane's database, by the superuser. */
  static final String SCHEMA =
      """
      DROP SCHEMA IF EXISTS gates CASCADE;
      CREATE SCHEMA gates;
      GRANT USAGE ON SCHEMA gates TO PUBLIC;
      CREATE FUNCTION gates.at(gate int) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        -- Not for autovacuum, which analyses the table too.
        IF current_setting('application_name') NOT LIKE 'lk/%'
            OR pg_try_advisory_xact_lock_shared(77, gate) THEN RETURN; END IF;
        PERFORM pg_advisory_xact_lock_shared(78, gate);
        WHILE NOT pg_try_advisory_xact_lock_shared(77, gate) LOOP PERFORM pg_sleep(0.005); END LOOP;
      END $$;
      CREATE FUNCTION gates.row(id bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
      BEGIN
        IF id = 5000 THEN PERFORM gates.at(2); END IF;
        RETURN id;
      END $$;
      CREATE FUNCTION gates.statement() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM gates.at(1); RETURN NULL; END $$;
      CREATE FUNCTION gates.updated_row() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM gates.at(2); RETURN NEW; END $$;
      CREATE FUNCTION gates.unit() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM gates.at(TG_ARGV[0]::int); RETURN coalesce(NEW, OLD); END $$;
      CREATE FUNCTION gates.command() RETURNS event_trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF current_user = 'lk_exec' AND current_query() LIKE '%gated%'
            AND current_query() NOT LIKE 'DO%' THEN
          PERFORM gates.at(CASE tg_event WHEN 'ddl_command_start' THEN 1 ELSE 2 END);
        END IF;
      END $$;
      CREATE EVENT TRIGGER gate_start ON ddl_command_start EXECUTE FUNCTION gates.command();
      CREATE EVENT TRIGGER gate_end ON ddl_command_end EXECUTE FUNCTION gates.command();
      """;

  /** Once the ledger is there. */
  static final String ON_THE_LEDGER =
      """
      CREATE TRIGGER gate_finish BEFORE UPDATE ON lockkeeper.unit FOR EACH ROW
        WHEN (NEW.state = 'finished') EXECUTE FUNCTION gates.unit(3);
      CREATE TRIGGER gate_forget BEFORE DELETE ON lockkeeper.unit FOR EACH ROW
        EXECUTE FUNCTION gates.unit(3);
      CREATE CONSTRAINT TRIGGER gate_commit AFTER UPDATE OR DELETE ON lockkeeper.unit
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION gates.unit(4);
      """;

  private final Sql database;

  Gates(Sql database) {
    this.database = database;
  }

  /** A gate that is shut until it is closed as a resource. */
  final class Shut implements AutoCloseable {
    private final Connection connection;
    private final String reached;

    private Shut(Connection connection, String reached) {
      this.connection = connection;
      this.reached = reached;
    }

    /** The worker's backend that stands before it; zero where none does. */
    int standing() {
      List<String> pids = database.list(reached);
      return pids.isEmpty() ? 0 : Integer.parseInt(pids.get(0));
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  /**
   * Shuts the gate at which a worker is met at that moment.
   *
   * @param commit whether the last moment is the commit, also outside a transaction
   */
  Shut shut(Kind kind, Moment moment, boolean commit) throws SQLException {
    return switch (moment) {
      case AFTER_INTENT -> shut(kind.start(), START);
      case MID_STATEMENT -> shut(kind.middle(), MIDDLE);
      case AFTER_STATEMENT -> kind.transactional() ? gate(FINISH) : shut(kind.middle(), MIDDLE);
      case AFTER_CHECK -> gate(kind.transactional() || commit ? COMMIT : FINISH);
    };
  }

  private Shut shut(Hold hold, int gate) throws SQLException {
    return switch (hold) {
      case COMMAND, ROW -> gate(gate);
      case TABLE -> locked("LOCK TABLE items IN SHARE UPDATE EXCLUSIVE MODE");
      case READER -> locked("SELECT FROM items LIMIT 1");
    };
  }

  private Shut gate(int gate) throws SQLException {
    Connection connection = database.connect();
    execute(connection, "SELECT pg_advisory_lock(77, " + gate + ")");
    return new Shut(
        connection,
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 78 AND objid = "
            + gate
            + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
  }

  private Shut locked(String sql) throws SQLException {
    Connection connection = database.connect();
    connection.setAutoCommit(false);
    execute(connection, sql);
    return new Shut(
        connection,
        """
        SELECT pid FROM pg_stat_activity WHERE datname = current_database()
          AND usename = 'lk_exec' AND wait_event_type = 'Lock' AND query LIKE '%gated%'
        """);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
