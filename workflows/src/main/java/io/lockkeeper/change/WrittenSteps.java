package io.lockkeeper.change;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.lockkeeper.step.Written;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The steps that a change's author wrote for one environment, each list in order.
 *
 * @param before the baseline
 * @param after the sections, once the measures are put back
 * @param rollbackBefore in option A, before anything is taken back
 * @param rollbackAfter in option A, once all is taken back and checked
 * @param quickWithin how long option quick may take; longer is told, it is never cancelled
 */
public record WrittenSteps(
    List<WrittenStep> before,
    List<WrittenStep> after,
    List<WrittenStep> rollbackBefore,
    List<WrittenStep> rollbackAfter,
    Optional<Duration> quickWithin) {
  /** Of a change that has none. */
  public static final WrittenSteps NONE =
      new WrittenSteps(List.of(), List.of(), List.of(), List.of(), Optional.empty());

  public WrittenSteps {
    before = List.copyOf(before);
    after = List.copyOf(after);
    rollbackBefore = List.copyOf(rollbackBefore);
    rollbackAfter = List.copyOf(rollbackAfter);
  }

  /** Those of one list. */
  public List<WrittenStep> at(Written.At at) {
    return switch (at) {
      case BEFORE -> before;
      case AFTER -> after;
      case ROLLBACK_BEFORE -> rollbackBefore;
      case ROLLBACK_AFTER -> rollbackAfter;
      // They belong to no environment: the change has them.
      case FOLLOW_UP -> List.of();
    };
  }

  /** Those of one list by their names, in order. */
  public Map<String, WrittenStep> named(Written.At at) {
    Map<String, WrittenStep> named = new LinkedHashMap<>();
    for (WrittenStep step : at(at)) {
      named.put(Written.name(at, named.size() + 1), step);
    }
    return named;
  }

  /**
   * One of them.
   *
   * @throws IndexOutOfBoundsException where there is no such step
   */
  public WrittenStep get(Written written) {
    return at(written.at()).get(written.number() - 1);
  }

  @JsonIgnore
  boolean any() {
    return !equals(NONE);
  }
}
