package io.lockkeeper.promotion;

import io.lockkeeper.environment.TargetLook;
import io.lockkeeper.forecast.Forecast;
import io.lockkeeper.forecast.Representativeness;
import io.lockkeeper.journal.Event;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.Expected;
import io.lockkeeper.step.Evidence.Item;
import io.lockkeeper.step.StepKind;
import io.lockkeeper.step.Verdict;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells before an environment is changed how far the one before is like it, and how long the
 * sections will take: as evidence, so that it stands before anything is measured. It hinders
 * nothing; who signs reads it. Workflow code.
 */
final class Foresight {
  private static final String STEP = "outlook";
  private static final String TELLS = "tells-the-outlook";

  /** Of sections without an estimate. */
  private static final int NAMED = 10;

  private final Context context;
  private final Map<String, Integer> told = new HashMap<>();

  Foresight(Context context) {
    this.context = context;
  }

  /**
   * Tells it once the precheck of a stage has passed. Nothing where no environment goes before, and
   * where the worker does not say what its target is like, as those of earlier versions.
   */
  void tell(StagePlan stage) {
    Known known = context.state().get().known();
    List<String> before = before(stage.environment());
    Optional<TargetLook> here = known.look(stage.environment());
    if (!before.isEmpty() && here.isPresent()) {
      // Histories of before go on without; those of the first version with what people signed then.
      int version = Workflow.getVersion(TELLS, Workflow.DEFAULT_VERSION, 2);
      if (version != Workflow.DEFAULT_VERSION) {
        tell(stage, before, known, here.get(), version == 1);
      }
    }
  }

  /** The nearest first. */
  private List<String> before(String environment) {
    List<String> all = new ArrayList<>(context.input().flight().environments());
    List<String> before = new ArrayList<>(all.subList(0, all.indexOf(environment)));
    Collections.reverse(before);
    return before;
  }

  private void tell(
      StagePlan stage, List<String> before, Known known, TargetLook here, boolean formerly) {
    String from = before.get(0);
    String to = stage.environment();
    List<Item> likeness =
        formerly
            ? Representativeness.formerly(from, known.look(from), to, here)
            : Representativeness.of(from, known.look(from), to, here);
    List<Expected> sections =
        formerly
            ? Forecast.formerly(known.times(), before, known::look, here)
            : Forecast.of(known.times(), before, known::look, here);
    Verdict verdict = Verdict.worst(likeness.stream().map(Item::verdict).toList());
    int attempt = told.merge(stage.name(), 1, Integer::sum);
    String title = "compare it with " + from + " and forecast the times";
    context
        .recorder()
        .record(new Event.StepStarted(stage.name(), STEP, StepKind.COMPARE, title, attempt));
    context
        .recorder()
        .record(
            new Event.StepEnded(
                stage.name(),
                STEP,
                StepKind.COMPARE,
                attempt,
                verdict,
                sentence(from, to, likeness, total(sections, formerly)),
                Optional.of(new Evidence.Outlook(from, likeness, sections)),
                List.of()));
  }

  private static String sentence(String from, String to, List<Item> likeness, String total) {
    List<String> open =
        likeness.stream()
            .filter(item -> item.verdict() != Verdict.PASS)
            .map(item -> item.name() + ": " + item.sentence())
            .toList();
    String like =
        open.isEmpty()
            ? from + " is like " + to
            : from + " tells little of " + to + ": " + String.join("; ", open);
    return like + ". Forward " + total;
  }

  private static String total(List<Expected> sections, boolean formerly) {
    if (sections.isEmpty()) {
      return "nothing was measured there";
    }
    List<String> open =
        sections.stream()
            .filter(section -> section.forward().estimated().isEmpty())
            .map(Expected::section)
            .toList();
    if (!open.isEmpty()) {
      String untold = "cannot be estimated from what was measured there";
      return formerly ? untold : untold + ": no estimate of " + named(open);
    }
    double all =
        sections.stream().mapToDouble(section -> section.forward().estimated().orElseThrow()).sum();
    return "estimated " + Quantity.print(all, Dimension.TIME);
  }

  private static String named(List<String> sections) {
    int more = sections.size() - NAMED;
    return more <= 0
        ? String.join(", ", sections)
        : String.join(", ", sections.subList(0, NAMED)) + " and " + more + " more";
  }
}
