package io.lockkeeper.promotion;

import io.temporal.workflow.Workflow;
import java.util.List;
import java.util.stream.Collectors;

/** Shows a promotion in the Temporal UI: search attributes and current details. Workflow code. */
final class Board {
  private String shown = "";

  void show(PromotionState state) {
    String environment = state.environment();
    String stage = state.stage();
    String status = state.status().name();
    String awaiting = state.pending().stream().map(Pending::role).collect(Collectors.joining(","));
    String now = String.join("\n", environment, stage, status, awaiting);
    if (!now.equals(shown)) {
      shown = now;
      Workflow.upsertTypedSearchAttributes(
          SearchAttributes.ENVIRONMENT.valueSet(environment),
          SearchAttributes.STAGE.valueSet(stage),
          SearchAttributes.STATUS.valueSet(status),
          awaiting.isEmpty()
              ? SearchAttributes.AWAITING.valueUnset()
              : SearchAttributes.AWAITING.valueSet(awaiting));
    }
    Workflow.setCurrentDetails(details(state));
  }

  private static String details(PromotionState state) {
    StringBuilder text = new StringBuilder();
    text.append("**").append(state.status()).append("**: ").append(state.sentence()).append("\n\n");
    for (StageState stage : state.stages()) {
      String sign =
          switch (stage.status()) {
            case NOT_STARTED -> "○";
            case IN_PROGRESS -> "◉";
            case ENDED -> "●";
          };
      String verdict = stage.verdict().map(v -> " " + v).orElse("");
      text.append("- ").append(sign).append(' ').append(stage.name()).append(verdict).append('\n');
    }
    List<String> allowed =
        AllowedAction.of(state).stream()
            .filter(AllowedAction::allowed)
            .map(action -> action.action().word())
            .toList();
    return text.append("\nallowed now: ").append(String.join(", ", allowed)).toString();
  }
}
