package io.lockkeeper.soak;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * A soak or watch: sampled in windows until its deadline, or until a trigger is breached. Id {@code
 * <promotion>/<stage>}, and {@code -2} and so on where it is observed again. The deadline is
 * absolute: neither a dead worker nor continuing as new moves it.
 */
@WorkflowInterface
public interface SoakWorkflow {

  @WorkflowMethod(name = "Soak")
  SoakResult run(SoakOrder order);

  /** A person extended the stage: it ends later. An earlier deadline than now ends it at once. */
  @SignalMethod(name = "deadline")
  void deadline(NewDeadline deadline);

  /**
   * A person tightened what is watched. The window that is on ends with what it has seen, and the
   * next one begins at once under all triggers.
   */
  @SignalMethod(name = "tighten")
  void tighten(MoreTriggers more);

  /**
   * It is called off: it ends with what it has seen. A cancelled workflow would have no result to
   * hand over.
   */
  @SignalMethod(name = "stop")
  void stop();

  @QueryMethod(name = "soak")
  SoakOrder soak();
}
