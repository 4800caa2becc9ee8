package io.lockkeeper.step;

import java.util.List;
import java.util.Optional;

/**
 * How a step ended.
 *
 * @param sentence what was found, for people, without secrets or row values
 * @param evidence what proves it; absent where the sentence says all
 * @param attachments files that it left behind
 * @param transientFailure whether waiting may change the verdict, as of a precheck on load
 * @param rollsBack whether a failed check says {@code then: rollback}, whatever on_failure says
 * @param hindrance what waiting may change; with PASS, what must clear before the next section
 */
public record StepResult(
    Verdict verdict,
    String sentence,
    Optional<Evidence> evidence,
    List<Attachment> attachments,
    boolean transientFailure,
    boolean rollsBack,
    Optional<Hindrance> hindrance) {
  public StepResult {
    attachments = List.copyOf(attachments);
  }

  public static StepResult pass(String sentence) {
    return of(Verdict.PASS, sentence);
  }

  public static StepResult of(Verdict verdict, String sentence) {
    return new StepResult(
        verdict, sentence, Optional.empty(), List.of(), false, false, Optional.empty());
  }

  public static StepResult of(Verdict verdict, String sentence, Evidence evidence) {
    return new StepResult(
        verdict, sentence, Optional.of(evidence), List.of(), false, false, Optional.empty());
  }

  public StepResult with(List<Attachment> files) {
    return new StepResult(
        verdict, sentence, evidence, files, transientFailure, rollsBack, hindrance);
  }

  /** The same, and the change is to be taken back. */
  public StepResult rollingBack() {
    return new StepResult(
        verdict, sentence, evidence, attachments, transientFailure, true, hindrance);
  }

  /** The same, hindered by something that waiting may change. */
  public StepResult hindered(Hindrance by) {
    return new StepResult(
        verdict, sentence, evidence, attachments, transientFailure, rollsBack, Optional.of(by));
  }
}
