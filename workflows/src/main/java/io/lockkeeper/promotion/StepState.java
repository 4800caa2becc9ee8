package io.lockkeeper.promotion;

import io.lockkeeper.step.StepKind;
import io.lockkeeper.step.Verdict;
import java.time.Instant;
import java.util.Optional;

/**
 * A step as it stands.
 *
 * @param attempt the last one; zero before the first
 * @param verdict of the last attempt; absent while it runs or before it
 * @param sentence what was found
 */
public record StepState(
    String name,
    StepKind kind,
    String title,
    int attempt,
    Optional<Verdict> verdict,
    String sentence,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt) {

  StepState started(Instant at, int number) {
    return new StepState(
        name, kind, title, number, Optional.empty(), "", Optional.of(at), Optional.empty());
  }

  StepState ended(Instant at, Verdict found, String words) {
    return new StepState(
        name, kind, title, attempt, Optional.of(found), words, startedAt, Optional.of(at));
  }
}
