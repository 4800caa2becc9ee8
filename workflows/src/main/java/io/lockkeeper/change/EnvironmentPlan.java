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
 * @param settings of our own session while sections are applied, by name
 * @param signOff absent where nobody needs to consent
 * @param soak milestones from one start; the next environment waits for the last
 * @param watch milestones from one start; nothing waits for them
 * @param rollbackIf triggers of soak and watch
 * @param rollbackWithin how long option A may take; longer is a FAIL, it is never cancelled
 * @param leaves what a rollback may leave behind: {@code table.column}, or objects by name
 * @param forwardOnly why what has no way back goes forward all the same; absent where all has one
 * @param requires changes that are COMPLETE in this environment before this one starts
 * @param restore option B; absent where no backup is taken, and in bundles of earlier versions
 */
public record EnvironmentPlan(
    String environment,
    Optional<String> target,
    Optional<Boolean> rehearse,
    List<Section> sections,
    List<Precheck> precheck,
    Backup backup,
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
    Optional<RestoreRule> restore) {

  /** What is done about a backup before the first section. */
  public enum Backup {
    NONE,
    TAKEN,
    /** Taken, read in full, restored into a scratch database, rows compared. */
    VERIFIED
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
}
