package io.lockkeeper.activities.postgres;

import io.lockkeeper.activities.postgres.Drain.Drained;
import io.lockkeeper.change.Measures;
import io.lockkeeper.change.Measures.ConnectionLimit;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Measures on a target: put in force, held and put back through the fence. What was found stands in
 * the ledger by the same transaction that changes it, so neither is ever without the other.
 */
public final class TargetMeasures {
  private final Target target;
  private final Running running;

  public TargetMeasures(Target target, Running running) {
    this.target = target;
    this.running = running;
  }

  /**
   * Puts them in force, and drains the target where they say so.
   *
   * @return FAIL where a right is missing or a role is not there; PASS with who goes on as before
   */
  public StepResult put(Work work, String change, Measures wanted) {
    long began = System.nanoTime();
    String promotion = work.promotion();
    try {
      Grants.require(target, promotion, change);
      Optional<String> refused = refused(wanted);
      if (refused.isPresent()) {
        return StepResult.of(Verdict.FAIL, refused.get());
      }
      try (Fence fence = Fence.open(target, work, running)) {
        running.on(fence);
        Grants.require(fence, promotion, change);
        Lease.require(fence, promotion);
        return put(fence, promotion, wanted, began);
      }
    } catch (SQLException e) {
      throw SqlFailures.of("putting measures in force", target, e);
    }
  }

  /**
   * Puts those of a rollback in force: it needs no grant, only that the promotion was let in, and
   * holds the target itself, for after a soak nobody does.
   *
   * @return FAIL where a right is missing or a role is not there
   */
  public StepResult putInRollback(Work work, Measures wanted) {
    long began = System.nanoTime();
    String promotion = work.promotion();
    try {
      Optional<String> refused = refused(wanted);
      if (refused.isPresent()) {
        return StepResult.of(Verdict.FAIL, refused.get());
      }
      try (Fence fence = Fence.open(target, work, running)) {
        running.on(fence);
        Lease.hold(fence, promotion);
        return put(fence, promotion, wanted, began);
      }
    } catch (SQLException e) {
      throw SqlFailures.of("putting measures in force", target, e);
    }
  }

  /** Puts back what is in force of the promotion. Needs neither grant nor bundle. */
  public StepResult putBack(Work work) {
    long began = System.nanoTime();
    try {
      Optional<Instant> lapsed = Optional.empty();
      boolean known = target.read(connection -> known(connection, work.promotion()));
      if (known) {
        try (Fence fence = Fence.open(target, work, running)) {
          running.on(fence);
          Back back = putBack(fence, work.promotion());
          fence.endsWell();
          if (!back.rows().isEmpty()) {
            return back.result(began);
          }
          lapsed = MeasureLedger.lapsed(fence.connection(), work.promotion());
        }
      }
      return StepResult.pass(
          lapsed
              .map(at -> "put back already at " + at + ", when nobody had renewed their lease")
              .orElse("nothing was in force"));
    } catch (SQLException e) {
      throw SqlFailures.of("putting measures back", target, e);
    }
  }

  /** Whether measures of the promotion are in force and not past their lease. Reads only. */
  public boolean inForce(String promotion) throws SQLException {
    return target.read(
        connection -> {
          if (!MeasureLedger.exists(connection)) {
            return false;
          }
          List<MeasureRow> rows = MeasureLedger.inForce(connection, promotion);
          return !rows.isEmpty() && rows.stream().noneMatch(MeasureRow::lapsed);
        });
  }

  /**
   * The schema's fingerprint as it would be without any measure: they are put back in a transaction
   * that is taken back.
   */
  public Fingerprint fingerprint(Work work) throws SQLException {
    boolean any =
        target.read(
            connection ->
                MeasureLedger.exists(connection) && !MeasureLedger.inForce(connection).isEmpty());
    if (!any) {
      return target.read(Fingerprint::of);
    }
    try (Fence fence = Fence.open(target, work, running)) {
      running.on(fence);
      Connection connection = fence.connection();
      connection.setAutoCommit(false);
      try {
        Rows.execute(connection, "SET LOCAL search_path = ''");
        for (MeasureRow row : MeasureLedger.inForce(connection)) {
          row.setting().set(connection, row.found());
        }
        return Fingerprint.read(connection);
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    }
  }

  /**
   * What was put back.
   *
   * @param byHand what somebody had changed meanwhile, and so was left as he wants it
   */
  record Back(List<MeasureRow> rows, List<String> byHand, Drained drained) {

    String sentence() {
      String what =
          rows.stream()
              .map(
                  row ->
                      row.setting().kind()
                          + " of "
                          + row.setting().title()
                          + " is "
                          + row.found().orElse("not set")
                          + " as before")
              .collect(Collectors.joining(", "));
      return what + told("; left as changed by hand meanwhile: ", byHand) + ended(drained);
    }

    private StepResult result(long began) {
      return StepResult.of(
          Verdict.PASS,
          sentence(),
          new Evidence.Measures(
              rows.stream().map(MeasureRow::putBack).toList(),
              drained.ended(),
              drained.left(),
              seconds(began)));
    }
  }

  private Back putBack(Fence fence, String promotion) throws SQLException {
    return settle(fence, running, promotion, restore(fence, promotion, false));
  }

  /**
   * Puts back, effect and ledger at once.
   *
   * @param lapse whether only what is past its lease is put back, because nobody renewed it
   */
  static Back restore(Fence fence, String promotion, boolean lapse) throws SQLException {
    List<MeasureRow> back = new ArrayList<>();
    List<String> byHand = new ArrayList<>();
    fence.change(
        connection -> {
          for (MeasureRow row : MeasureLedger.lockInForce(connection, promotion)) {
            if (!lapse || row.lapsed()) {
              restore(connection, row).ifPresent(byHand::add);
              MeasureLedger.putBack(connection, promotion, row.setting(), lapse);
              back.add(row);
            }
          }
        });
    return new Back(back, byHand, new Drained(List.of(), 0, List.of()));
  }

  /** Ends the sessions that began under a read-only mode that was put back: they stay in it. */
  static Back settle(Fence fence, Running running, String promotion, Back back)
      throws SQLException {
    Optional<Instant> since = MeasureLedger.unsettled(fence.connection(), promotion);
    Drained drained =
        since.isPresent() ? new Drain(fence, running, () -> {}).after(since.get()) : back.drained();
    fence.change(connection -> MeasureLedger.settle(connection, promotion));
    return new Back(back.rows(), back.byHand(), drained);
  }

  /** What was left as it is, because it is no longer what we had put. */
  private static Optional<String> restore(Connection connection, MeasureRow row)
      throws SQLException {
    Optional<String> now = row.setting().current(connection);
    if (now.filter(row.put()::equals).isPresent()) {
      row.setting().set(connection, row.found());
      return Optional.empty();
    }
    return now.equals(row.found())
        ? Optional.empty()
        : Optional.of(
            row.setting().kind() + " of " + row.setting().title() + " is " + now.orElse("not set"));
  }

  private static boolean known(Connection connection, String promotion) throws SQLException {
    return MeasureLedger.exists(connection)
        && (!MeasureLedger.inForce(connection, promotion).isEmpty()
            || MeasureLedger.unsettled(connection, promotion).isPresent()
            || MeasureLedger.lapsed(connection, promotion).isPresent());
  }

  private StepResult put(Fence fence, String promotion, Measures wanted, long began)
      throws SQLException {
    fence.change(connection -> put(connection, promotion, wanted));
    Drained drained = drain(fence, promotion, wanted);
    List<MeasureRow> rows = MeasureLedger.inForce(fence.connection(), promotion);
    fence.endsWell();
    return inForce(rows, drained, began);
  }

  private Optional<String> refused(Measures wanted) throws SQLException {
    List<String> missing =
        MeasureRights.of(target, wanted).stream()
            .flatMap(right -> right.missing().map(what -> right.measure() + ": " + what).stream())
            .toList();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            FailureCode.MEASURES_REFUSED.text()
                + ": putting measures in force on "
                + target.title()
                + ": "
                + String.join("; ", missing)
                + ". Nothing was changed. Mend that, then retry the step");
  }

  private static void put(Connection connection, String promotion, Measures wanted)
      throws SQLException {
    List<TargetSetting> ours =
        MeasureLedger.lockInForce(connection, promotion).stream().map(MeasureRow::setting).toList();
    for (Map.Entry<TargetSetting, String> one : settings(connection, wanted).entrySet()) {
      TargetSetting setting = one.getKey();
      if (!ours.contains(setting)) {
        Optional<String> found = setting.current(connection);
        MeasureLedger.put(connection, promotion, setting, found, one.getValue());
        setting.set(connection, Optional.of(one.getValue()));
      }
    }
    MeasureLedger.extend(connection, promotion);
  }

  private static Map<TargetSetting, String> settings(Connection connection, Measures wanted)
      throws SQLException {
    Map<TargetSetting, String> settings = new LinkedHashMap<>();
    for (var role : wanted.roles().entrySet()) {
      TargetSetting connections = new TargetSetting.Connections(role.getKey());
      Optional<ConnectionLimit> limit = role.getValue().connectionLimit();
      if (limit.isPresent()) {
        settings.put(connections, Integer.toString(limit.get().of(base(connection, connections))));
      }
      for (Map.Entry<String, Duration> timeout : role.getValue().timeouts().entrySet()) {
        settings.put(
            new TargetSetting.Timeout(role.getKey(), timeout.getKey()),
            timeout.getValue().toMillis() + "ms");
      }
    }
    if (wanted.readOnly()) {
      String database = Rows.one(connection, "SELECT current_database()", row -> row.getString(1));
      settings.put(new TargetSetting.ReadOnly(database), "on");
    }
    return settings;
  }

  /** What a share is of: the role's own limit, or what the server leaves to those without one. */
  private static int base(Connection connection, TargetSetting connections) throws SQLException {
    int found = connections.current(connection).map(Integer::parseInt).orElse(-1);
    return found >= 0
        ? found
        : Rows.one(
            connection,
            """
            SELECT current_setting('max_connections')::int
              - current_setting('superuser_reserved_connections')::int
              - coalesce(current_setting('reserved_connections', true)::int, 0)
            """,
            row -> row.getInt(1));
  }

  private Drained drain(Fence fence, String promotion, Measures wanted) throws SQLException {
    if (!wanted.readOnly() && wanted.drain().isEmpty()) {
      return new Drained(List.of(), 0, List.of());
    }
    Drain drain =
        new Drain(
            fence,
            running,
            () -> fence.change(connection -> MeasureLedger.extend(connection, promotion)));
    return drain.before(wanted.readOnly(), wanted.drain());
  }

  private static StepResult inForce(List<MeasureRow> rows, Drained drained, long began) {
    String what = rows.stream().map(row -> row.inForce().text()).collect(Collectors.joining(", "));
    return StepResult.of(
        Verdict.PASS,
        (what.isEmpty() ? "drained" : "in force: " + what)
            + ended(drained)
            + told("; goes on as before: ", drained.left()),
        new Evidence.Measures(
            rows.stream().map(MeasureRow::inForce).toList(),
            drained.ended(),
            drained.left(),
            seconds(began)));
  }

  private static String ended(Drained drained) {
    String idle =
        drained.idle() == 0
            ? ""
            : "; ended " + drained.idle() + " idle session" + (drained.idle() == 1 ? "" : "s");
    return idle + told("; ended in a transaction: ", drained.ended());
  }

  private static String told(String what, List<String> names) {
    return names.isEmpty() ? "" : what + String.join(", ", Fingerprint.told(names));
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }
}
