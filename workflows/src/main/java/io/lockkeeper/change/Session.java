package io.lockkeeper.change;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Map;
import java.util.Optional;

/**
 * As whom a query is run, and with which settings; both for its own read-only transaction only.
 *
 * @param as role of the database; absent for the engine's own. A role that row-level security does
 *     not bind is refused by the worker, because what it sees proves nothing about others
 * @param set custom settings such as {@code app.user_id}, by name
 */
public record Session(Optional<String> as, Map<String, Probe.Parameter> set) {
  /** The engine's own role, and no settings. */
  public static final Session OURS = new Session(Optional.empty(), Map.of());

  public Session {
    set = Map.copyOf(set);
  }

  @JsonIgnore
  public boolean isOurs() {
    return equals(OURS);
  }
}
