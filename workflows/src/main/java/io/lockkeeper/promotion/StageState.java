package io.lockkeeper.promotion;

import io.lockkeeper.stage.StageKind;
import io.lockkeeper.step.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A stage as it stands.
 *
 * @param deadline when a soak or watch ends; absent for other kinds and before it starts
 */
public record StageState(
    String name,
    StageKind kind,
    String environment,
    StageStatus status,
    Optional<Verdict> verdict,
    String sentence,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt,
    Optional<Instant> deadline,
    List<StepState> steps) {

  /** Where a stage stands. */
  public enum StageStatus {
    NOT_STARTED,
    IN_PROGRESS,
    ENDED
  }

  public StageState {
    steps = List.copyOf(steps);
  }

  StageState started(Instant at) {
    return new StageState(
        name,
        kind,
        environment,
        StageStatus.IN_PROGRESS,
        Optional.empty(),
        "",
        Optional.of(at),
        Optional.empty(),
        deadline,
        steps);
  }

  StageState ended(Instant at, Verdict found, String words) {
    return new StageState(
        name,
        kind,
        environment,
        StageStatus.ENDED,
        Optional.of(found),
        words,
        startedAt,
        Optional.of(at),
        deadline,
        steps);
  }

  StageState until(Instant end) {
    return new StageState(
        name,
        kind,
        environment,
        status,
        verdict,
        sentence,
        startedAt,
        endedAt,
        Optional.of(end),
        steps);
  }

  /** Steps that were not laid out before, such as those of a rollback, are added at the end. */
  StageState withStep(StepState fresh, UnaryOperator<StepState> change) {
    List<StepState> changed = new ArrayList<>(steps);
    for (int i = 0; i < changed.size(); i++) {
      if (changed.get(i).name().equals(fresh.name())) {
        changed.set(i, change.apply(changed.get(i)));
        return withSteps(changed);
      }
    }
    changed.add(change.apply(fresh));
    return withSteps(changed);
  }

  private StageState withSteps(List<StepState> changed) {
    return new StageState(
        name, kind, environment, status, verdict, sentence, startedAt, endedAt, deadline, changed);
  }
}
