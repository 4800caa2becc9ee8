package io.lockkeeper.change;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a change does in one environment.
 *
 * @param environment its name
 * @param target of the environment; absent where it has only one
 * @param rehearse apply, revert, compare, apply; absent means yes in the first environment, and
 *     never in production
 * @param sections in the order in which they are applied
 * @param precheck what must hold before anything is done
 * @param backup what is done about one before the first section
 * @param settings of our own session while sections are applied, by name
 * @param signOff absent where nobody needs to consent
 * @param soak milestones from one start; the next environment waits for the last
 * @param watch milestones from one start; nothing waits for them
 * @param rollbackIf triggers of soak and watch
 * @param rollbackWithin how long option A may take; longer is a FAIL, it is never cancelled
 * @param leaves what a rollback may leave behind: {@code table.column}, or objects by name
 * @param forwardOnly why what has no way back goes forward all the same; absent where all has one
 * @param requires changes that are COMPLETE in this environment before this one starts; with {@code
 *     .backup} behind the name, their backup is there too, whole, verified and a day old at most
 * @param recovery how it is watched after it was taken back; absent where it is not
 * @param measures on the target itself while the change is applied; absent where there are none, so
 *     that a change without any keeps the hash that it had in earlier versions
 * @param restore option B where the change writes one; else, where a backup is taken, the usual one
 * @param steps that the author wrote; absent where there are none, for the sake of the hash too
 */
public record EnvironmentPlan(
    String environment,
    Optional<String> target,
    Optional<Boolean> rehearse,
    List<Section> sections,
    List<Precheck> precheck,
    BackupRule backup,
    Map<String, String> settings,
    Optional<SignOffRule> signOff,
    List<Milestone> soak,
    List<Milestone> watch,
    List<TriggerRule> rollbackIf,
    OnFailure onFailure,
    Optional<Duration> rollbackWithin,
    List<String> leaves,
    Optional<String> forwardOnly,
    List<String> requires,
    Optional<Milestone> recovery,
    Optional<Measures> measures,
    Optional<RestoreRule> restore,
    Optional<WrittenSteps> steps) {

  private static final String BACKUP = ".backup";

  /** Option B as the change says, or the usual one where a backup is taken. */
  public Optional<RestoreRule> restoreRule() {
    return RestoreRule.of(restore, backup.how() != BackupRule.How.NONE);
  }

  /** What a failed or INCONCLUSIVE step ends in. */
  public enum OnFailure {
    PAUSE,
    ROLLBACK
  }

  public EnvironmentPlan {
    sections = List.copyOf(sections);
    precheck = List.copyOf(precheck);
    settings = Map.copyOf(settings);
    soak = List.copyOf(soak);
    watch = List.copyOf(watch);
    rollbackIf = List.copyOf(rollbackIf);
    // Bundles of the first version know neither residue nor requirements.
    leaves = leaves == null ? List.of() : List.copyOf(leaves);
    requires = requires == null ? List.of() : List.copyOf(requires);
  }

  /** None where the author wrote none. */
  public WrittenSteps written() {
    return steps.orElse(WrittenSteps.NONE);
  }

  /** Names of the changes that are required, each once. */
  public List<String> requiredChanges() {
    return requires.stream()
        .map(
            name ->
                name.endsWith(BACKUP) ? name.substring(0, name.length() - BACKUP.length()) : name)
        .distinct()
        .toList();
  }

  /** Names of the changes whose backup is required. */
  public List<String> requiredBackups() {
    return requires.stream()
        .filter(name -> name.endsWith(BACKUP))
        .map(name -> name.substring(0, name.length() - BACKUP.length()))
        .toList();
  }
}
