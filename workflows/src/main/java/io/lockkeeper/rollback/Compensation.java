package io.lockkeeper.rollback;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Written;

/**
 * What undoes an act. It is registered before the act, so it bears that the act never happened:
 * what was really done stands in the target's ledger.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "compensation")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Compensation.RevertSection.class, name = "revert"),
  @JsonSubTypes.Type(value = Compensation.PutMeasuresBack.class, name = "measures"),
  @JsonSubTypes.Type(value = Compensation.UndoStep.class, name = "undo")
})
public sealed interface Compensation {

  String environment();

  /** The step that does it. */
  Step step();

  /** For people. */
  default String title() {
    return step().title();
  }

  /** Takes back what was applied of a section. */
  record RevertSection(String environment, String section, Pass pass) implements Compensation {
    @Override
    public Step step() {
      return new Step.Revert(section, pass);
    }
  }

  /** Undoes a step that the author wrote. */
  record UndoStep(String environment, Written of) implements Compensation {
    @Override
    public Step step() {
      return new Step.Undo(of);
    }
  }

  /** Puts back what was found before the measures. */
  record PutMeasuresBack(String environment) implements Compensation {
    @Override
    public Step step() {
      return new Step.Measure(true);
    }
  }
}
