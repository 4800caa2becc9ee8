package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.BackupLedger;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.environment.TargetIdentity;
import io.lockkeeper.limit.Durations;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Whether a backup may be relied on, as far as its manifest tells: that it is of this database,
 * that the ledger of this database knows it, that it is young enough. What lies in the directory is
 * looked at after that, so that nothing is read of which nobody knows where it comes from.
 */
final class BackupGate {
  /** A clock may be put back a little. */
  private static final Duration AHEAD = Duration.ofMinutes(1);

  private final Target target;
  private final TargetIdentity identity;
  private final Instant now;

  private BackupGate(Target target, TargetIdentity identity, Instant now) {
    this.target = target;
    this.identity = identity;
    this.now = now;
  }

  /** By the target's identity and clock. */
  static BackupGate of(Target target) throws SQLException {
    TargetLedger ledger = new TargetLedger(target);
    return new BackupGate(target, ledger.identity(), ledger.now());
  }

  Instant now() {
    return now;
  }

  TargetIdentity identity() {
    return identity;
  }

  boolean isOfThisDatabase(Manifest manifest) {
    return manifest.identity().equals(identity);
  }

  /** Whether the ledger has this very manifest. */
  boolean isKnown(Manifest manifest) throws SQLException {
    return isKnown(target, manifest);
  }

  /** Whether the ledger of that database has this very manifest. */
  static boolean isKnown(Target target, Manifest manifest) throws SQLException {
    return manifest.digest().isPresent()
        && BackupLedger.digests(target, manifest.promotion(), manifest.id())
            .contains(manifest.digest().get());
  }

  /** Whether the promotion took it, or found it and had it verified: what its way back restores. */
  static boolean isReliedOn(Target target, String promotion, Manifest manifest)
      throws SQLException {
    return manifest.promotion().equals(promotion)
        || !BackupLedger.digests(target, promotion, manifest.id()).isEmpty();
  }

  Duration age(Manifest manifest) {
    return Duration.between(manifest.takenAt(), now);
  }

  /**
   * Why it is not relied on; empty where nothing speaks against it.
   *
   * @param maxAge absent where any age will do
   */
  String whyNot(Manifest manifest, Optional<Duration> maxAge) throws SQLException {
    if (!isOfThisDatabase(manifest)) {
      return "it is of the database "
          + ClientTool.plain(manifest.identity().text())
          + ", and this is "
          + identity.text();
    }
    if (!isKnown(manifest)) {
      return "the ledger of this database does not know its manifest";
    }
    Duration age = age(manifest);
    if (age.compareTo(AHEAD.negated()) < 0) {
      return "it was taken " + words(age.negated()) + " after now, by the target's clock";
    }
    return maxAge.filter(most -> age.compareTo(most) > 0).isPresent()
        ? "it is "
            + words(age)
            + " old, at most "
            + Durations.print(maxAge.get())
            + " was asked for"
        : "";
  }

  /** For people: {@code 25h3m}. */
  static String words(Duration age) {
    Duration whole = age.truncatedTo(age.toHours() > 0 ? ChronoUnit.MINUTES : ChronoUnit.SECONDS);
    return Durations.print(whole);
  }
}
