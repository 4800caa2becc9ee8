package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.BackupLedger;
import io.lockkeeper.activities.postgres.Fence;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.postgres.Work;
import io.lockkeeper.change.BackupName;
import io.lockkeeper.change.BackupRule;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes, finds and verifies backups of one target. A backup counts once its manifest is there and
 * the ledger of its database knows that manifest; a verified one has been read in full, restored
 * into a scratch database, and has the rows of its own snapshot.
 */
public final class Backups {
  private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
  static final String REGULAR = Target.OURS + "regular backup";

  private final Target target;
  private final Running running;
  private final BackupPlace place;
  private final BackupLook look;
  private final BackupTaking taking;

  /**
   * A backup, and those that were looked at before it and are not relied on.
   *
   * @param refused a sentence each: which, and why
   */
  public record Found(Manifest manifest, List<String> refused) {
    public Found {
      refused = List.copyOf(refused);
    }
  }

  /**
   * What came of looking for the latest.
   *
   * @param accepted absent where none is relied on
   * @param refused a sentence each: which, and why
   */
  public record Latest(Optional<Manifest> accepted, List<String> refused) {
    public Latest {
      refused = List.copyOf(refused);
    }
  }

  /**
   * @param running told what is done, and asked whether it is still wanted
   * @throws LockkeeperException where the target's backups are not configured, or their directory
   *     cannot be used
   */
  public Backups(Target target, String environment, Running running) {
    this.target = target;
    this.running = running;
    this.place = BackupPlace.of(target, environment, running);
    this.look = new BackupLook(place);
    this.taking = new BackupTaking(place);
  }

  /** The newest complete backup of this database that its ledger knows. */
  public Optional<Manifest> newest() {
    return newest(any -> true);
  }

  /** As {@link #newest}, of those that were verified. */
  public Optional<Manifest> newestVerified() {
    return newest(manifest -> manifest.verifiedAt().isPresent());
  }

  private Optional<Manifest> newest(Predicate<Manifest> wanted) {
    try {
      BackupGate gate = BackupGate.of(target);
      for (Manifest manifest : place.newestFirst(gate, any -> true)) {
        if (wanted.test(manifest) && gate.isKnown(manifest)) {
          return Optional.of(manifest);
        }
      }
      return Optional.empty();
    } catch (IOException | SQLException e) {
      throw problem("its backups cannot be listed", e);
    }
  }

  /** How old the newest is, on the target's clock. */
  public Optional<Duration> newestAge() {
    try {
      Instant now = new TargetLedger(target).now();
      return newest().map(manifest -> Duration.between(manifest.takenAt(), now));
    } catch (SQLException e) {
      throw problem("its clock cannot be read", e);
    }
  }

  /**
   * The newest complete backup whose bytes are those that were written, by their SHA-256; it is not
   * restored for that. Of a command's, what it left is not looked at.
   *
   * @param wanted which promotions' backups count
   */
  public Latest newestWhole(Predicate<String> wanted) {
    List<String> refused = new ArrayList<>();
    try {
      BackupGate gate = BackupGate.of(target);
      refused.addAll(place.broken());
      for (Manifest manifest : place.newestFirst(gate, wanted)) {
        String why = gate.whyNot(manifest, Optional.empty());
        why = why.isEmpty() ? target.read(c -> look.damage(c, manifest)) : why;
        if (why.isEmpty()) {
          return new Latest(Optional.of(manifest), refused);
        }
        refused.add(manifest.id() + ": " + why);
      }
      return new Latest(Optional.empty(), refused);
    } catch (IOException | SQLException e) {
      throw problem("its backups cannot be looked at", e);
    }
  }

  /** How old a backup is, on the target's clock. */
  public Duration age(Manifest manifest) {
    try {
      return Duration.between(manifest.takenAt(), new TargetLedger(target).now());
    } catch (SQLException e) {
      throw problem("its clock cannot be read", e);
    }
  }

  /** The name of the regular backups; empty where the worker's file has none. */
  public String schedule() {
    return place.settings().schedule();
  }

  /** As {@link #take(Work, BackupRule, String)}, by a rule that says nothing else. */
  public Manifest take(Work work, boolean verified) {
    BackupRule.How how = verified ? BackupRule.How.VERIFIED : BackupRule.How.TAKEN;
    return take(work, BackupRule.of(how), "").manifest();
  }

  /**
   * Takes a backup for a promotion under its fence, or finds the one that it took before. One that
   * was found and is damaged, or took longer than it may, is passed over, and another one taken.
   *
   * @param change its name, for the backup's
   */
  public Found take(Work work, BackupRule rule, String change) {
    List<String> refused = new ArrayList<>();
    try (Fence fence = Fence.open(target, work, running)) {
      running.on(fence);
      BackupGate gate = BackupGate.of(target);
      for (Manifest before : place.newestFirst(gate, work.promotion()::equals)) {
        String why = gate.whyNot(before, Optional.empty());
        why = why.isEmpty() ? tooLong(before, rule) : why;
        if (why.isEmpty()) {
          BackupLook.Checked checked = look.checked(fence, before, rule);
          if (checked.why().isEmpty()) {
            return new Found(checked.manifest(), refused);
          }
          why = checked.why();
        }
        LOG.warn("the backup {} is passed over: {}", before.id(), why);
        refused.add(before.id() + ": " + why);
      }
      BackupTaking.endLostTools(fence.connection());
      Manifest taken =
          taking.taken(
              fence.connection(),
              gate,
              work.promotion(),
              rule.name().orElse(BackupName.USUAL),
              change,
              manifest -> place.keep(fence, manifest));
      BackupLook.Checked checked = look.checked(fence, taken, rule);
      if (!checked.why().isEmpty()) {
        throw problem("the backup " + taken.id() + " is not whole: " + checked.why(), null);
      }
      return new Found(checked.manifest(), refused);
    } catch (IOException | SQLException e) {
      throw failed(e);
    }
  }

  /**
   * Finds the newest that was taken elsewhere, by schedule or for another promotion, and verifies
   * it again: digest of its manifest, ledger, age, bytes, full read, trial restore, rows. One that
   * does not hold is passed over.
   */
  public Latest latest(Work work, BackupRule rule) {
    List<String> refused = new ArrayList<>();
    try (Fence fence = Fence.open(target, work, running)) {
      running.on(fence);
      BackupGate gate = BackupGate.of(target);
      taking.adopt(fence, gate, rule, refused);
      refused.addAll(place.broken());
      for (Manifest manifest : place.newestFirst(gate, rule::isFor)) {
        String why = gate.whyNot(manifest, rule.maxAge());
        if (why.isEmpty()) {
          BackupLook.Checked checked = look.verified(fence, manifest);
          if (checked.why().isEmpty()) {
            rely(fence, work.promotion(), checked.manifest());
            return new Latest(Optional.of(checked.manifest()), refused);
          }
          why = checked.why();
        }
        refused.add(manifest.id() + ": " + why);
      }
      return new Latest(Optional.empty(), refused);
    } catch (IOException | SQLException e) {
      throw failed(e);
    }
  }

  /** Takes one by itself, for nobody's promotion: what a regular schedule does. */
  public Manifest takeFirst() {
    return takeRegular(BackupName.USUAL, false);
  }

  /**
   * As {@link #takeFirst}. The target is held for the moment in which its ledger is told, and not
   * while it is dumped: a promotion, and a rollback above all, does not wait for a schedule.
   *
   * @param name pattern of its name
   */
  public Manifest takeRegular(String name, boolean verify) {
    // Each run is a stranger to every other one: none ends another's session.
    String self = "regular backup " + UUID.randomUUID();
    Work work = new Work(self, "backup", System.currentTimeMillis(), 1, Map.of());
    try (Connection connection = target.dedicated(REGULAR)) {
      BackupGate gate = BackupGate.of(target);
      Manifest taken = taking.taken(connection, gate, "", name, "", m -> place.keep(work, m));
      if (!verify) {
        return taken;
      }
      BackupLook.Checked checked = look.verified(connection, taken);
      if (!checked.why().isEmpty()) {
        throw problem("the backup " + taken.id() + " is not whole: " + checked.why(), null);
      }
      place.keep(work, checked.manifest());
      return checked.manifest();
    } catch (IOException | SQLException e) {
      throw failed(e);
    }
  }

  private static String tooLong(Manifest manifest, BackupRule rule) {
    return rule.within().filter(most -> isLonger(manifest.allSeconds(), most)).isPresent()
        ? "it took longer than it may"
        : "";
  }

  /** Whether something took longer than it may. */
  public static boolean isLonger(double seconds, Duration than) {
    return seconds > than.toNanos() / 1e9;
  }

  /** A way back may restore what its promotion had verified, and nothing that others took. */
  private static void rely(Fence fence, String promotion, Manifest manifest) throws SQLException {
    BackupLedger.add(fence, promotion, manifest.id(), manifest.digest().orElseThrow());
  }

  private LockkeeperException failed(Exception e) {
    return BackupFailures.of(target, e);
  }

  private LockkeeperException problem(String found, @Nullable Exception cause) {
    return BackupFailures.problem(target, found, cause);
  }
}
