package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.backup.Moments.Moment;
import io.lockkeeper.activities.postgres.Fence;
import io.lockkeeper.activities.postgres.LedgerCarrier;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Succession;
import io.lockkeeper.activities.postgres.Succession.State;
import io.lockkeeper.activities.postgres.SwapFence;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.postgres.Work;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.section.QualifiedName;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Brings a backup back: into a new database beside the live one, compared, and swapped in by name.
 * The old one stays until somebody drops it. Nothing is ever restored over live objects.
 *
 * <p>Names and ledger tell a later attempt where an earlier one ended. Until the live ledger says
 * {@code swapped} the old database serves, and what stands beside is begun anew or, once compared,
 * swapped in; then the new one serves and it is done.
 */
public final class Restorer {
  private static final int SWAPS = 6;

  private final Target target;
  private final Running running;
  private final Moments moments;
  private final BackupChoice choice;
  private final BesideBuild build;

  /**
   * @throws LockkeeperException where the target's backups are not configured, or their directory
   *     cannot be used
   */
  public Restorer(Target target, Running running) {
    this(target, running, Moments.UNHEARD);
  }

  Restorer(Target target, Running running, Moments moments) {
    this.target = target;
    this.running = running;
    this.moments = moments;
    BackupSettings settings = settings(target);
    this.choice = new BackupChoice(target, settings, store(target, settings), running);
    this.build = new BesideBuild(target, running, moments);
  }

  private static BackupSettings settings(Target target) {
    return target
        .settings()
        .backup()
        .orElseThrow(
            () ->
                RestoreFailures.before(target, "the worker's file names no way of backup for it"));
  }

  private static BackupStore store(Target target, BackupSettings settings) {
    try {
      return new BackupStore(settings.directory());
    } catch (IOException e) {
      throw RestoreFailures.before(
          target, "the directory " + settings.directory() + " cannot be used: " + e);
    }
  }

  /**
   * What is restored.
   *
   * @param promotion whose way back it is
   * @param nonce of the statement that asks for it; spent by it
   * @param change whose newest backup it is; absent for the promotion's own
   */
  public record Wanted(String promotion, String nonce, Optional<String> change) {}

  /**
   * What became of it.
   *
   * @param backup its name
   * @param lost age of the backup when it was swapped in: later writes are in the old one alone
   * @param tables compared by their rows
   * @param fingerprint whether the schema was compared too, with that of the baseline
   * @param keptAs name of the database that was live before
   * @param earlier whether an earlier attempt had done it already
   */
  public record Restored(
      String backup,
      String how,
      Instant takenAt,
      Duration lost,
      int tables,
      long rows,
      boolean fingerprint,
      String keptAs,
      long oldOid,
      long newOid,
      boolean earlier) {

    /** What a person runs in another database of the server, once nobody needs the old one. */
    public String drop() {
      return "DROP DATABASE " + QualifiedName.quote(keptAs);
    }
  }

  /**
   * What was swapped back.
   *
   * @param since when the restored one had taken the place, on the target's clock
   * @param keptAs name of the restored one now
   * @param earlier whether an earlier attempt had done it already
   */
  public record SwappedBack(
      Instant since, String keptAs, long oldOid, long newOid, boolean earlier) {

    /** What a person runs in another database of the server, once nobody needs it. */
    public String drop() {
      return "DROP DATABASE " + QualifiedName.quote(keptAs);
    }
  }

  /**
   * Restores and swaps, or goes on where an earlier attempt ended. Once done, a second call finds
   * that and changes nothing.
   *
   * @throws LockkeeperException {@code RESTORE_FAILED} where it cannot be done; the message says
   *     which database serves
   */
  public Restored restore(Work work, Wanted wanted) {
    try (SwapFence server = SwapFence.open(target, work, running)) {
      moments.at(Moment.LOCKED);
      // An older attempt may have ended those that are kept.
      target.forgetSessions();
      DatabaseNames names = DatabaseNames.of(target.database(), wanted.promotion());
      putBack(server, names);
      Optional<Succession.Row> row = Succession.find(target, wanted.nonce());
      long live = live();
      if (row.filter(r -> r.state() == State.SWAPPED && r.newOid() == live).isPresent()) {
        return restored(wanted, true);
      }
      refuseSpent(row);
      refuseTaken(server, names, wanted.promotion());
      refuseWithoutRights();
      Manifest manifest = choice.find(wanted.promotion(), wanted.change());
      beside(server, work, manifest, wanted, names);
      Succession.Row begun = Succession.find(target, wanted.nonce()).orElseThrow();
      swap(
          server,
          work,
          names.before(),
          names.beside(),
          (fence, beside) -> new LedgerCarrier(fence).intoRestored(beside, begun));
      return restored(wanted, false);
    } catch (IOException | SQLException e) {
      throw failed("restoring a backup", e);
    }
  }

  /**
   * Swaps the old database back in and the restored one out; both stay. Once done, a second call
   * finds that and changes nothing.
   *
   * @throws LockkeeperException where no restore of the promotion serves, the old one is gone, or
   *     another promotion holds the target
   */
  public SwappedBack swapBack(Work work, String promotion) {
    try (SwapFence server = SwapFence.open(target, work, running)) {
      moments.at(Moment.LOCKED);
      target.forgetSessions();
      DatabaseNames names = DatabaseNames.of(target.database(), promotion);
      List<Succession.Row> rows = Succession.of(target, promotion);
      long live = live();
      Optional<Succession.Row> undone =
          rows.stream().filter(r -> r.state() == State.UNDONE && r.oldOid() == live).findFirst();
      if (undone.isPresent()) {
        return swappedBack(undone.get(), names, true);
      }
      refuseHeld(promotion);
      Succession.Row row =
          rows.stream()
              .filter(r -> r.state() == State.SWAPPED && r.newOid() == live)
              .findFirst()
              .orElseThrow(
                  () ->
                      RestoreFailures.before(
                          target,
                          "no restore of " + promotion + " serves",
                          "Look with lockkeeper doctor which databases were kept"));
      refuseAppliedSince(promotion, row);
      Map<String, Long> there = server.databases(names.all());
      if (!Long.valueOf(row.oldOid()).equals(there.get(names.before()))) {
        throw RestoreFailures.before(
            target,
            "the database from before, " + names.before() + ", is not there any more",
            "It was dropped or renamed by hand: take a backup of it up yourself, or stay");
      }
      refuseTaken(there, names.restored());
      swap(
          server,
          work,
          names.restored(),
          names.before(),
          (fence, former) -> new LedgerCarrier(fence).intoFormer(former, row));
      return swappedBack(row, names, false);
    } catch (SQLException e) {
      throw failed("swapping back to the former database", e);
    }
  }

  private static SwappedBack swappedBack(Succession.Row row, DatabaseNames names, boolean earlier) {
    return new SwappedBack(
        row.swappedAt().orElseThrow(), names.restored(), row.oldOid(), row.newOid(), earlier);
  }

  /** What another promotion is about to do would be done to a database that is live no more. */
  private void refuseHeld(String promotion) throws SQLException {
    Optional<String> holder = new TargetLedger(target).holder();
    if (holder.filter(other -> !other.equals(promotion)).isPresent()) {
      throw RestoreFailures.before(
          target,
          "it is held by " + holder.get(),
          "Let that promotion come to its end, or abort it, then ask again");
    }
  }

  /** What others applied to the restored database is not in the one from before. */
  private void refuseAppliedSince(String promotion, Succession.Row row) throws SQLException {
    List<String> others =
        new TargetLedger(target).appliedSince(promotion, row.swappedAt().orElseThrow());
    if (!others.isEmpty()) {
      throw RestoreFailures.before(
          target,
          "since the restore " + String.join(", ", others) + " applied its own change to it",
          "Roll that back first, or push a change that brings back what you miss");
    }
  }

  /** The database beside, as the backup tells: made now, or by an earlier attempt. */
  private void beside(
      SwapFence server, Work work, Manifest manifest, Wanted wanted, DatabaseNames names)
      throws IOException, SQLException {
    choice.refuseDamaged(manifest, server);
    if (compared(server, wanted, manifest, names)) {
      return;
    }
    try (Fence fence = Fence.open(target, work, running)) {
      running.on(fence);
      Succession.begin(
          fence,
          new Succession.Row(
              wanted.nonce(),
              wanted.promotion(),
              manifest.id(),
              manifest.takenAt(),
              State.BEGUN,
              live(),
              0,
              names.beside(),
              names.before(),
              Optional.empty()));
      moments.at(Moment.BEGUN);
      build.build(
          fence, choice.kind(manifest, server), manifest, names, baseline(wanted, manifest));
      Succession.compared(fence, wanted.nonce(), oid(server, names.beside()));
    }
    moments.at(Moment.COMPARED);
  }

  /**
   * What was taken elsewhere and is relied on has the schema that its promotion found, or is not.
   */
  private static String baseline(Wanted wanted, Manifest manifest) {
    return wanted.change().isPresent() ? manifest.promotion() : wanted.promotion();
  }

  private boolean compared(SwapFence server, Wanted wanted, Manifest manifest, DatabaseNames names)
      throws SQLException {
    long oid = oid(server, names.beside());
    long live = live();
    return Succession.find(target, wanted.nonce())
        .filter(row -> row.state() == State.COMPARED && row.oldOid() == live)
        .filter(row -> row.newOid() == oid && row.backup().equals(manifest.id()))
        .isPresent();
  }

  /** Brings the ledger into the other database. */
  private interface Carrying {
    void carry(Fence fence, Connection other) throws SQLException;
  }

  /** Ledger and names, under the fence of the live database; again where somebody came between. */
  private void swap(SwapFence server, Work work, String aside, String in, Carrying carrying)
      throws SQLException {
    NameSwap names = new NameSwap(target, server, running, moments);
    for (int tries = 1; ; tries++) {
      Fence fence = Fence.open(target, work, running);
      try (fence) {
        running.on(fence);
        try (Connection other = target.dedicated(Target.OURS + "restore", in)) {
          carrying.carry(fence, other);
        }
        moments.at(Moment.CARRIED);
        names.swap(fence, target.database(), aside, in);
        return;
      } catch (NameSwap.InUseException e) {
        if (tries == SWAPS) {
          throw RestoreFailures.before(
              target,
              "sessions stay in the database, so that it cannot be renamed: " + e.getMessage(),
              "End them, then retry");
        }
        running.beat("swaps once more, try " + (tries + 1));
      }
    }
  }

  private Restored restored(Wanted wanted, boolean earlier) throws IOException, SQLException {
    Succession.Row row = Succession.find(target, wanted.nonce()).orElseThrow();
    Manifest manifest = choice.find(wanted.promotion(), wanted.change());
    return new Restored(
        row.backup(),
        manifest.how(),
        row.takenAt(),
        Duration.between(row.takenAt(), row.swappedAt().orElseThrow()),
        manifest.rows().size(),
        manifest.totalRows(),
        build.meant(baseline(wanted, manifest)).isPresent(),
        row.oldName(),
        row.oldOid(),
        row.newOid(),
        earlier);
  }

  /**
   * Where a person swapped by hand and got no further than the first rename, the old one serves.
   */
  private void putBack(SwapFence server, DatabaseNames names) throws SQLException {
    Map<String, Long> there = server.databases(names.all());
    if (!there.containsKey(names.live()) && there.containsKey(names.before())) {
      try (Statement statement = server.connection().createStatement()) {
        statement.execute(NameSwap.rename(names.before(), names.live()));
      }
      target.forgetSessions();
    }
  }

  private void refuseSpent(Optional<Succession.Row> row) {
    if (row.filter(r -> r.state() == State.SWAPPED || r.state() == State.UNDONE).isPresent()) {
      throw RestoreFailures.before(
          target,
          "the statement was used for a restore that does not serve any more",
          "Ask for the rollback anew");
    }
  }

  /** What has a name of ours was made by us, or is left alone. */
  private void refuseTaken(SwapFence server, DatabaseNames names, String promotion)
      throws SQLException {
    Map<String, Long> there = server.databases(names.all());
    refuseTaken(there, names.before());
    boolean begun =
        Succession.of(target, promotion).stream()
            .anyMatch(row -> row.newName().equals(names.beside()));
    if (!begun) {
      refuseTaken(there, names.beside());
    }
  }

  private void refuseTaken(Map<String, Long> there, String name) {
    if (there.containsKey(name)) {
      throw RestoreFailures.before(
          target,
          "there is a database " + name + " already",
          "Drop it once nobody needs it, or rename it, then retry: DROP DATABASE "
              + QualifiedName.quote(name));
    }
  }

  private void refuseWithoutRights() throws SQLException {
    List<RestoreRights.Missing> missing = RestoreRights.hindrances(target);
    if (!missing.isEmpty()) {
      throw RestoreFailures.before(
          target,
          "as "
              + target.settings().user()
              + ": "
              + missing.stream()
                  .map(RestoreRights.Missing::found)
                  .collect(Collectors.joining("; ")),
          "Have a superuser run, then retry: "
              + missing.stream()
                  .map(RestoreRights.Missing::mend)
                  .collect(Collectors.joining("; ")));
    }
  }

  private long live() throws SQLException {
    return new TargetLedger(target).identity().databaseOid();
  }

  private static long oid(SwapFence server, String name) throws SQLException {
    return server.databases(List.of(name)).getOrDefault(name, 0L);
  }

  private LockkeeperException failed(String tried, Exception e) {
    if (e instanceof SQLException sql && SqlFailures.isConnection(sql)) {
      return SqlFailures.of(tried, target, sql);
    }
    return new LockkeeperException(
        FailureCode.RESTORE_FAILED,
        tried + " of " + target.title(),
        e instanceof SQLException sql ? SqlFailures.text(sql) : e.toString(),
        "the database serves as before: the swap is one transaction",
        "Mend the cause, then retry",
        e);
  }
}
