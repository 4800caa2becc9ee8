package io.lockkeeper.activities.postgres;

import io.lockkeeper.change.SectionRules;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Evidence.Locks;
import io.lockkeeper.step.Pass;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the units of one section are worked on: the fence, the ledger's rows, the messages. Not
 * safe for several threads.
 */
final class UnitDesk {
  private final Fence fence;
  private final Running running;
  private final LockGuard locks;
  private final String promotion;
  private final String change;
  private final Pass pass;
  private final String section;
  private final SectionRules rules;
  private final List<String> notices = new ArrayList<>();

  /** How the unit that runs got and held its locks. */
  private Optional<Locks> locked = Optional.empty();

  UnitDesk(
      Fence fence,
      Running running,
      LockGuard locks,
      String promotion,
      String change,
      Pass pass,
      String section,
      SectionRules rules) {
    this.fence = fence;
    this.running = running;
    this.locks = locks;
    this.promotion = promotion;
    this.change = change;
    this.pass = pass;
    this.section = section;
    this.rules = rules;
  }

  /** Before each unit. */
  void clear() {
    locked = Optional.empty();
    notices.clear();
  }

  Fence fence() {
    return fence;
  }

  Running running() {
    return running;
  }

  SectionRules rules() {
    return rules;
  }

  List<String> notices() {
    return List.copyOf(notices);
  }

  Optional<Locks> locked() {
    return locked;
  }

  /** As the ledger knows it; nothing where it was not begun, or was taken back. */
  Optional<UnitRow> row(Unit unit) throws SQLException {
    return Ledger.unit(fence.connection(), promotion, pass, section, unit.number());
  }

  /** As a look from outside shows it, on a fresh connection. */
  <T> T look(Target.Read<T> read) throws SQLException {
    return fence.target().read(read);
  }

  Optional<FoundIndex> look(QualifiedName name) throws SQLException {
    return look(connection -> Catalog.find(connection, name));
  }

  void start(Connection connection, Unit unit, Optional<PlannedIndex> index, List<String> inverse)
      throws SQLException {
    Ledger.start(fence, connection, promotion, change, pass, section, unit, index, inverse);
  }

  void found(Connection connection, Unit unit, Optional<Long> oid, List<Long> others)
      throws SQLException {
    String list = String.join(",", others.stream().map(String::valueOf).toList());
    Ledger.writeFound(connection, promotion, pass, section, unit.number(), oid, list, false);
  }

  /** It was there already, and so it stays whatever happens. */
  void adopt(Unit unit, PlannedIndex index, String outcome) throws SQLException {
    fence.change(
        connection -> {
          start(connection, unit, Optional.of(index), List.of());
          Ledger.writeFound(
              connection, promotion, pass, section, unit.number(), Optional.empty(), "", true);
          finish(connection, unit, outcome);
        });
  }

  void inverse(Connection connection, Unit unit, List<String> inverse) throws SQLException {
    Ledger.writeInverse(connection, promotion, pass, section, unit.number(), inverse);
  }

  void batch(Connection connection, Unit unit, long rows) throws SQLException {
    Ledger.batch(connection, promotion, pass, section, unit.number(), rows);
  }

  void finish(Connection connection, Unit unit, String outcome) throws SQLException {
    Ledger.finish(connection, promotion, pass, section, unit.number(), outcome);
  }

  String finish(Unit unit, String outcome) throws SQLException {
    fence.change(connection -> finish(connection, unit, outcome));
    return outcome;
  }

  /** A unit that left nothing behind is as if it had not begun. */
  void forget(Unit unit) throws SQLException {
    fence.change(connection -> Ledger.forget(connection, promotion, pass, section, unit.number()));
  }

  /** Something changed in one transaction, under the guard. */
  void change(Unit unit, Fence.Change work) throws SQLException {
    Locks now =
        locks.change(
            unit.title(),
            unit.locks(),
            connection -> {
              notices.clear();
              work.on(connection);
            });
    locked = Optional.of(locked.map(before -> before.and(now)).orElse(now));
  }

  /** A statement outside a transaction, under the guard. */
  void alone(Unit unit, String sql) throws SQLException {
    Locks now = locks.run(unit.title(), unit.locks(), () -> execute(fence.connection(), sql));
    locked = Optional.of(locked.map(before -> before.and(now)).orElse(now));
  }

  /**
   * Runs a statement and keeps the server's notices.
   *
   * @return rows that it changed; zero where it changes none
   */
  long execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
      for (@Nullable SQLWarning w = statement.getWarnings(); w != null; w = w.getNextWarning()) {
        notices.add(SqlFailures.text(w));
      }
      return Math.max(0, statement.getLargeUpdateCount());
    }
  }

  /** {@code unit 2 "create index i" of section 10_a on magnus (dev)}. */
  String where(Unit unit) {
    return "unit "
        + unit.number()
        + " \""
        + unit.title()
        + "\" of section "
        + section
        + " on "
        + fence.target().title();
  }

  /**
   * What became of it where its statement failed.
   *
   * @param means what it means now, as a sentence without its end
   * @throws SQLException the failure itself, where the connection is lost
   */
  UnitFailure failed(Unit unit, SQLException e, String means) throws SQLException {
    running.throwIfStopped();
    if (SqlFailures.isConnection(e)) {
      throw e;
    }
    if (e instanceof HinderedException hindered) {
      return hindered.failure(where(unit), means);
    }
    return new UnitFailure(
        FailureCode.SQL_FAILED,
        where(unit) + " failed: " + SqlFailures.text(e) + ". " + means + ". " + Cure.of(unit, e));
  }

  /** Something of that name is not ours. */
  UnitFailure inTheWay(Unit unit, String would, String found) {
    return new UnitFailure(
        FailureCode.INDEX_IN_THE_WAY,
        "unit "
            + unit.number()
            + " of section "
            + section
            + " on "
            + fence.target().title()
            + " would "
            + would
            + ", and "
            + found
            + ". This promotion did not make it, so it was not touched. Drop or rename it by hand,"
            + " then retry the step");
  }

  /** It ended well by its own word, and the catalog says otherwise. */
  UnitFailure endedOtherwise(Unit unit, String shows) {
    return new UnitFailure(
        FailureCode.SQL_FAILED,
        "unit "
            + unit.number()
            + " \""
            + unit.title()
            + "\" ended without an error on "
            + fence.target().title()
            + ", and the catalog shows "
            + shows
            + ". It does not count as done. Look into the server's log, then retry the step");
  }

  UnitFailure noTable(Unit unit, QualifiedName table) {
    return new UnitFailure(
        FailureCode.SQL_FAILED,
        "unit "
            + unit.number()
            + " of section "
            + section
            + ": the table "
            + table.text()
            + " does not exist on "
            + fence.target().title()
            + ". Nothing was done. Mend the change or the target");
  }
}
