package io.lockkeeper.activities.step;

import io.lockkeeper.activities.backup.Backups;
import io.lockkeeper.activities.backup.Manifest;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.change.BackupRule;
import io.lockkeeper.change.BackupRule.How;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Takes a backup, or finds the latest and verifies it. */
final class BackupStep {
  private static final int TOLD = 5;

  private final Place place;
  private final Backups backups;

  private BackupStep(Place place, Backups backups) {
    this.place = place;
    this.backups = backups;
  }

  static StepResult run(Place place, Running running) {
    // A backup writes its digest alone into the target, but a copy of it ends all sessions there.
    new TargetLedger(place.target()).requireGranted(place.work(), place.order().work().change());
    BackupRule rule = place.plan().backup();
    BackupStep step =
        new BackupStep(place, new Backups(place.target(), place.environment().name(), running));
    return rule.how() == How.LATEST ? step.latest(rule) : step.taken(rule);
  }

  private StepResult taken(BackupRule rule) {
    Backups.Found found = backups.take(place.work(), rule, place.bundle().change().name());
    Manifest manifest = found.manifest();
    String sentence =
        String.format(
            Locale.ROOT,
            "%s, %.1f MB in %.1f s%s%s",
            manifest.id(),
            manifest.size() / 1e6,
            manifest.seconds(),
            verified(manifest),
            passedOver(found.refused()));
    return within(rule, manifest, sentence);
  }

  private StepResult latest(BackupRule rule) {
    Backups.Latest latest = backups.latest(place.work(), rule);
    if (latest.accepted().isEmpty()) {
      return StepResult.of(
          Verdict.FAIL,
          "no backup of "
              + place.target().title()
              + rule.from().map(change -> " that was taken for " + change).orElse("")
              + " is relied on"
              + (latest.refused().isEmpty()
                  ? ": there is none in the directory of the worker's file"
                  : ": " + list(latest.refused()))
              + ". Take one, by lockkeeper backup or a promotion, then retry the step");
    }
    Manifest manifest = latest.accepted().get();
    String sentence =
        manifest.id()
            + ", "
            + Durations.print(Duration.ofSeconds(backups.age(manifest).toSeconds()))
            + " old, taken "
            + (manifest.promotion().isEmpty() ? "by itself" : "for " + manifest.promotion())
            + verified(manifest)
            + passedOver(latest.refused());
    return within(rule, manifest, sentence);
  }

  /** It was not cancelled: what is longer than agreed is there, and a person looks at it. */
  private StepResult within(BackupRule rule, Manifest manifest, String sentence) {
    double seconds =
        rule.how() == How.LATEST ? manifest.verifySeconds().orElse(0.0) : manifest.allSeconds();
    Optional<Duration> most = rule.within().filter(time -> Backups.isLonger(seconds, time));
    String late =
        most.map(
                time ->
                    String.format(
                        Locale.ROOT,
                        "; it took %.1f s and may take %s. It is whole and stays; retry takes"
                            + " another one, or mend what is slow first",
                        seconds,
                        Durations.print(time)))
            .orElse("");
    return StepResult.of(
        most.isPresent() ? Verdict.FAIL : Verdict.PASS,
        sentence + late,
        manifest.evidence(backups.age(manifest)));
  }

  private static String verified(Manifest manifest) {
    if (manifest.verifiedAt().isEmpty()) {
      return ", not verified";
    }
    return manifest.compared().filter(tables -> tables == 0).isPresent()
        ? ", verified by its command; no rows were compared"
        : ", restored and compared: "
            + manifest.compared().orElse(manifest.rows().size())
            + " tables, "
            + manifest.totalRows()
            + " rows";
  }

  private static String passedOver(List<String> refused) {
    return refused.isEmpty() ? "" : "; passed over: " + list(refused);
  }

  private static String list(List<String> refused) {
    String told = String.join("; ", refused.subList(0, Math.min(TOLD, refused.size())));
    return refused.size() > TOLD ? told + "; and " + (refused.size() - TOLD) + " more" : told;
  }
}
