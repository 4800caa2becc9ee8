package io.lockkeeper.change;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Measures on the target itself, in force from before the backup until after the last section, and
 * always put back. Settings of our own session are none of them: they end with it.
 *
 * @param readOnly new sessions of the database can only read
 * @param drain how long those who are in a transaction are waited for before they are ended; absent
 *     where nobody is waited for
 * @param roles what holds for the application's roles meanwhile, by name; may be empty
 */
public record Measures(boolean readOnly, Optional<Duration> drain, Map<String, RoleMeasure> roles) {

  /**
   * What holds for one role in sessions that begin from now on.
   *
   * @param connectionLimit absent where it stays as it is
   * @param timeouts by the setting's name, such as {@code statement_timeout}; zero is no time-out
   */
  public record RoleMeasure(
      Optional<ConnectionLimit> connectionLimit, Map<String, Duration> timeouts) {
    public RoleMeasure {
      timeouts = sorted(timeouts);
    }

    /** Those of both; where both say something, the other's. */
    RoleMeasure and(RoleMeasure other) {
      SortedMap<String, Duration> all = new TreeMap<>(timeouts);
      all.putAll(other.timeouts);
      return new RoleMeasure(other.connectionLimit.or(() -> connectionLimit), all);
    }
  }

  /**
   * How many sessions a role may have.
   *
   * @param value sessions, at least one; or a share above zero, at most one
   * @param share of what is found, and of what the server has for all where the role has no limit
   */
  public record ConnectionLimit(double value, boolean share) {
    public ConnectionLimit {
      boolean fits = share ? value > 0 && value <= 1 : value >= 1 && value == Math.rint(value);
      if (!fits) {
        throw new IllegalArgumentException("no limit of connections: " + value);
      }
    }

    /**
     * In sessions, at least one.
     *
     * @param base what a share is of
     */
    public int of(int base) {
      return share ? Math.max(1, (int) Math.floor(base * value)) : (int) value;
    }
  }

  public Measures {
    roles = sorted(roles);
  }

  /** Whether something is set on the target, and so must be put back. */
  @JsonIgnore
  public boolean sets() {
    return readOnly || !roles.isEmpty();
  }

  /** Whether there is anything to put in force. */
  @JsonIgnore
  boolean any() {
    return readOnly || drain.isPresent() || !roles.isEmpty();
  }

  private static <T> SortedMap<String, T> sorted(Map<String, T> map) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(map));
  }
}
