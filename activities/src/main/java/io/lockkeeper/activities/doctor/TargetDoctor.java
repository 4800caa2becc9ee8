package io.lockkeeper.activities.doctor;

import io.lockkeeper.activities.backup.BackupReadiness;
import io.lockkeeper.activities.backup.GivenUp;
import io.lockkeeper.activities.postgres.MeasureRights;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.postgres.TargetLedger.Connected;
import io.lockkeeper.activities.postgres.WorkRights;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activities.settings.TargetSettings;
import io.lockkeeper.change.BackupRule.How;
import io.lockkeeper.change.Measures;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at the targets of an environment as its worker does, before anybody needs them: what a
 * promotion, a backup or a way back would fail for, each with what mends it. Reads only.
 */
public final class TargetDoctor {
  /** Statements expire by the target's clock. */
  private static final Duration ASTRAY = Duration.ofMinutes(1);

  private final EnvironmentSettings environment;
  private final List<Look> looks = new ArrayList<>();

  /**
   * One thing that was looked at.
   *
   * @param target its name; empty for the environment itself
   * @param about what for: {@code reach}, {@code ledger}, {@code backup}, …
   * @param fine whether nothing is to be done
   * @param sentence what was found and, where it is not fine, what mends it
   */
  public record Look(
      String environment, String target, String about, boolean fine, String sentence) {}

  private TargetDoctor(EnvironmentSettings environment) {
    this.environment = environment;
  }

  /** All of an environment, in the order of the worker's file. */
  public static List<Look> examine(EnvironmentSettings environment) {
    TargetDoctor doctor = new TargetDoctor(environment);
    if (environment.trustedKeys().isEmpty()) {
      doctor.add(
          "",
          "keys",
          false,
          "it has no trusted_keys, so no statement counts: add what lockkeeper key show prints");
    }
    SourcesDoctor.examine(environment).forEach(doctor.looks::add);
    environment.targets().forEach(doctor::examine);
    return List.copyOf(doctor.looks);
  }

  private void examine(TargetSettings settings) {
    String name = settings.name();
    try (Target target = new Target(environment.name(), settings)) {
      Optional<String> away = away(target);
      if (away.isPresent()) {
        add(
            name,
            "reach",
            false,
            "it cannot be reached: "
                + away.get()
                + ": look at url, user and password in the worker's file, and at pg_hba.conf");
        return;
      }
      look(name, "reach", "", () -> clock(target));
      look(name, "ledger", "it may keep its ledger", () -> WorkRights.ofLedger(target));
      look(
          name, "figures", "it sees what limits are judged by", () -> WorkRights.ofFigures(target));
      look(
          name,
          "sections",
          "it may change all tables that are there",
          () -> WorkRights.ofSections(target));
      look(name, "measures", "it may put read_only and drain in force", () -> measures(target));
      backups(target);
      look(
          name,
          "left",
          "no restore has left anything",
          () -> new GivenUp(target, new Running()).left());
      kept(target);
    }
  }

  /** The pool would wait for a target that is away, and then tell of itself, not of the reason. */
  private Optional<String> away(Target target) {
    try {
      target.dedicated(Target.OURS + "doctor").close();
      Connected connected = new TargetLedger(target).connected();
      add(
          target.settings().name(),
          "reach",
          true,
          "PostgreSQL "
              + Quantity.print(connected.number(), Dimension.VERSION)
              + ", database "
              + connected.database()
              + " as "
              + connected.role());
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(SqlFailures.text(e));
    } catch (LockkeeperException e) {
      return Optional.of(e.text());
    }
  }

  private static List<String> clock(Target target) throws SQLException {
    Duration off = Duration.between(new TargetLedger(target).now(), Instant.now()).abs();
    return off.compareTo(ASTRAY) <= 0
        ? List.of()
        : List.of(
            "its clock is "
                + off.toSeconds()
                + " s away from this machine's, and statements expire by it: set both by one time"
                + " server");
  }

  /** Those of roles depend on the change. */
  private static List<String> measures(Target target) throws SQLException {
    Measures usual = new Measures(true, Optional.of(Duration.ofSeconds(1)), Map.of());
    return MeasureRights.of(target, usual).stream()
        .flatMap(
            right ->
                right
                    .missing()
                    .map(missing -> "for changes that say " + right.measure() + ": " + missing)
                    .stream())
        .distinct()
        .toList();
  }

  private void backups(Target target) {
    String name = target.settings().name();
    if (target.settings().backup().isEmpty()) {
      add(
          name,
          "backup",
          !environment.production(),
          "the worker's file names no way of backup"
              + (environment.production()
                  ? ", so there is neither backup nor option B: add backup to the target"
                  : ""));
      return;
    }
    BackupReadiness readiness = new BackupReadiness(target);
    look(
        name,
        "backup",
        "it can be backed up and verified",
        () -> sentences(readiness.look(How.VERIFIED)));
    look(
        name,
        "restore",
        "a backup can be restored beside and swapped in (option B)",
        () -> sentences(readiness.lookBack()));
  }

  private static List<String> sentences(List<BackupReadiness.Finding> findings) {
    return findings.stream().map(BackupReadiness.Finding::sentence).toList();
  }

  /** Somebody may need them: they are told, and no finding. */
  private void kept(Target target) {
    try {
      new GivenUp(target, new Running())
          .kept()
          .forEach(sentence -> add(target.settings().name(), "kept", true, sentence));
    } catch (SQLException e) {
      add(target.settings().name(), "kept", false, unseen(e));
    }
  }

  /** Something that is looked at. */
  private interface Source {
    /** A sentence each; empty where all is well. */
    List<String> findings() throws SQLException;
  }

  /**
   * @param fine said where nothing is found; empty for nothing
   */
  private void look(String target, String about, String fine, Source source) {
    List<String> findings;
    try {
      findings = source.findings();
    } catch (SQLException e) {
      findings = List.of(unseen(e));
    } catch (LockkeeperException e) {
      findings = List.of(e.text());
    }
    findings.forEach(finding -> add(target, about, false, finding));
    if (findings.isEmpty() && !fine.isEmpty()) {
      add(target, about, true, fine);
    }
  }

  private static String unseen(SQLException e) {
    return "it could not be looked at: " + SqlFailures.text(e) + ": mend that and look again";
  }

  private void add(String target, String about, boolean fine, String sentence) {
    looks.add(new Look(environment.name(), target, about, fine, sentence));
  }
}
