package io.lockkeeper.plan;

import io.lockkeeper.change.Milestone;
import io.lockkeeper.change.Precheck;
import io.lockkeeper.change.TriggerRule;
import io.lockkeeper.limit.Durations;
import java.util.Locale;

/** Parts of a change as one line each. */
final class ExpandedText {
  private ExpandedText() {}

  static String line(Precheck precheck) {
    String what =
        precheck instanceof Precheck.OfLimit limit
            ? limit.limit().text()
            : ((Precheck.OfCheck) precheck).check();
    return what + " (waits " + Durations.print(precheck.waits()) + ")";
  }

  static String line(Milestone milestone) {
    return Durations.print(milestone.lasts())
        + ", a sample every "
        + Durations.print(milestone.sample());
  }

  static String line(TriggerRule rule) {
    return rule.trigger().text() + " → " + rule.then().name().toLowerCase(Locale.ROOT);
  }
}
