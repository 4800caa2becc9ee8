package io.lockkeeper.change;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Option B: a backup is restored beside the database and swapped in. Never by itself, because it
 * loses what was written since.
 *
 * @param restore {@code backup} for the one that the promotion takes, or {@code NAME.backup}
 * @param within how long it may take; longer is told, it is never cut off
 * @param roles one of which asks for it; never empty
 */
public record RestoreRule(String restore, Optional<Duration> within, List<String> roles) {
  /** What a change says that only asks for a backup. */
  public static final RestoreRule USUAL =
      new RestoreRule("backup", Optional.empty(), List.of("dba"));

  private static final String OF = ".backup";

  public RestoreRule {
    roles = List.copyOf(roles);
    if (roles.isEmpty()) {
      throw new IllegalArgumentException("nobody may ask for it");
    }
  }

  /**
   * As the change says, or the usual one where a backup is taken.
   *
   * @param written absent where the change says nothing of it
   */
  public static Optional<RestoreRule> of(Optional<RestoreRule> written, boolean backup) {
    return written.or(() -> backup ? Optional.of(USUAL) : Optional.empty());
  }

  /** Whose newest backup it is; absent for the promotion's own. */
  public Optional<String> change() {
    return restore.endsWith(OF)
        ? Optional.of(restore.substring(0, restore.length() - OF.length()))
        : Optional.empty();
  }
}
