package io.lockkeeper.plan;

import io.lockkeeper.change.GuardRule;
import io.lockkeeper.change.Measures;
import io.lockkeeper.change.Measures.ConnectionLimit;
import io.lockkeeper.change.Milestone;
import io.lockkeeper.change.Precheck;
import io.lockkeeper.change.SectionRules;
import io.lockkeeper.change.TriggerRule;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /** How a section is applied, where it is not the usual way. */
  static List<String> lines(SectionRules rules) {
    SectionRules usual = SectionRules.USUAL;
    List<String> lines = new ArrayList<>();
    rules.guard().stream()
        .filter(rule -> !usual.guard().contains(rule))
        .forEach(rule -> lines.add("guard " + line(rule)));
    dropped(
            usual.guard().stream().map(GuardRule::limit),
            rules.guard().stream().map(GuardRule::limit))
        .forEach(metric -> lines.add("guard without " + metric));
    rules.health().stream()
        .filter(limit -> !usual.health().contains(limit))
        .forEach(limit -> lines.add("health " + limit.text()));
    dropped(usual.health().stream(), rules.health().stream())
        .forEach(metric -> lines.add("health without " + metric));
    if (!rules.checks().isEmpty()) {
      lines.add("then the checks " + String.join(", ", rules.checks()));
    }
    rules.within().ifPresent(within -> lines.add("within " + Durations.print(within)));
    rules.each().ifPresent(each -> lines.add("each unit within " + Durations.print(each)));
    if (rules.batches()) {
      lines.add("in batches, until no row is changed");
    }
    if (!rules.pace().isZero()) {
      lines.add("a pace of " + Durations.print(rules.pace()));
    }
    if (rules.existing() == SectionRules.Existing.ADOPT) {
      lines.add("adopts what is there already as it is meant");
    }
    if (rules.resume() == SectionRules.Resume.PERSON) {
      lines.add("a person resumes it");
    }
    rules
        .endIdleBlockers()
        .ifPresent(
            age ->
                lines.add(
                    "ENDS transactions that block it and are idle for over "
                        + Durations.print(age)));
    return lines;
  }

  private static String line(GuardRule rule) {
    return rule.then() == GuardRule.Then.BY_CAUSE
        ? rule.limit().text()
        : rule.limit().text() + " → " + rule.then().name().toLowerCase(Locale.ROOT);
  }

  private static List<String> dropped(Stream<Limit> usual, Stream<Limit> there) {
    Set<String> metrics = there.map(Limit::metric).collect(Collectors.toSet());
    return usual.map(Limit::metric).filter(metric -> !metrics.contains(metric)).toList();
  }

  static List<String> lines(Measures measures) {
    List<String> lines = new ArrayList<>();
    if (measures.readOnly()) {
      lines.add("new sessions can only read, idle ones are ended");
    }
    measures
        .drain()
        .ifPresent(
            drain ->
                lines.add(
                    "waits up to "
                        + Durations.print(drain)
                        + " for those in a transaction, then ends them"));
    measures
        .roles()
        .forEach(
            (name, role) -> {
              role.connectionLimit()
                  .ifPresent(limit -> lines.add(name + ": connection_limit " + text(limit)));
              role.timeouts()
                  .forEach(
                      (setting, timeout) ->
                          lines.add(name + ": " + setting + " " + Durations.print(timeout)));
            });
    return lines;
  }

  private static String text(ConnectionLimit limit) {
    return limit.share()
        ? Quantity.print(limit.value(), Dimension.RATIO) + " of what is found"
        : Long.toString((long) limit.value());
  }

  static String line(TriggerRule rule) {
    return rule.trigger().text() + " → " + rule.then().name().toLowerCase(Locale.ROOT);
  }
}
