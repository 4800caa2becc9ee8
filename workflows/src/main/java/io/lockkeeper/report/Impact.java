package io.lockkeeper.report;

import io.lockkeeper.change.Change;
import io.lockkeeper.change.Check;
import io.lockkeeper.change.Check.Moment;
import io.lockkeeper.change.Section;
import io.lockkeeper.limit.TriggerState.Phase;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.MetricSamples;
import io.lockkeeper.step.Evidence.TriggerOutcome;
import io.lockkeeper.step.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What users felt of a change in one environment: four words, each from verdicts. Pure. */
final class Impact {
  private static final Pattern NAMED = Pattern.compile("(check|http|log)\\.([^.]+)\\.(.+)");

  private final Seen seen;
  private final Change change;

  Impact(Seen seen, Change change) {
    this.seen = seen;
    this.change = change;
  }

  /** Errors, locks, connections and performance, in this order. */
  List<Word> words() {
    return List.of(errors(), locks(), connections(), performance());
  }

  /** What was looked at: what is bad, what cannot be told, what is good. */
  private static final class Findings {
    private final List<String> bad = new ArrayList<>();
    private final List<String> open = new ArrayList<>();
    private final List<String> good = new ArrayList<>();

    void add(Verdict verdict, String sentence) {
      switch (verdict) {
        case PASS -> good.add(sentence);
        case FAIL -> bad.add(sentence);
        case INCONCLUSIVE, ERROR -> open.add(sentence);
      }
    }

    Word word(String subject, String bad, String good, String nothing) {
      if (!this.bad.isEmpty()) {
        return new Word(subject, bad, false, String.join("; ", this.bad));
      }
      if (!open.isEmpty() || this.good.isEmpty()) {
        String why = open.isEmpty() ? nothing : String.join("; ", open);
        return new Word(subject, Word.NOT_MEASURED, false, why);
      }
      return new Word(subject, good, true, String.join("; ", this.good));
    }
  }

  /** Checks of the application and its log, from the baseline on, and what was observed later. */
  private Word errors() {
    Findings findings = new Findings();
    change.checks(seen.environment()).stream()
        .filter(check -> check.when().contains(Moment.AFTER))
        .filter(Impact::seesUsers)
        .forEach(check -> afterTheChange(check, findings));
    boolean looked = !findings.good.isEmpty();
    for (Report.Observed stage : seen.observed()) {
      for (MetricSamples metric : stage.samples().metrics()) {
        if (ofUsers(metric.metric())) {
          sampled(stage.stage(), metric, findings);
        }
      }
    }
    if (!looked && findings.bad.isEmpty()) {
      findings.open.add("no check of the application or its log has passed after the change");
    }
    return findings.word("User Errors", "DETECTED", "NONE DETECTED", "nothing was looked at");
  }

  private void afterTheChange(Check check, Findings findings) {
    Optional<Evidence.Item> item = seen.check(check.name());
    if (item.isPresent()) {
      findings.add(item.get().verdict(), check.name() + ": " + item.get().sentence());
    } else {
      findings.open.add(check.name() + " was not made after the change");
    }
  }

  private static void sampled(String stage, MetricSamples metric, Findings findings) {
    String where = stage + ": " + metric.metric();
    if (metric.high().isEmpty()) {
      findings.open.add(where + " was never read");
    } else {
      boolean none = metric.high().get() == 0;
      findings.add(
          none ? Verdict.PASS : Verdict.FAIL,
          where + " at most " + ReportText.figure(metric.metric(), metric.high()));
    }
  }

  private static boolean seesUsers(Check check) {
    return check.source() instanceof Check.Http || check.source() instanceof Check.Log;
  }

  /** Lines of a log count by its check where that expects something else than none. */
  private boolean ofUsers(String metric) {
    Matcher name = NAMED.matcher(metric);
    if (!name.matches()) {
      return false;
    }
    Optional<Check> check = change.check(name.group(2));
    return switch (name.group(1)) {
      case "http" -> name.group(3).equals("error_rate");
      case "log" -> check.filter(c -> c.expect().isEmpty()).isPresent();
      default -> check.filter(Impact::seesUsers).isPresent();
    };
  }

  /** Sessions that waited for anybody's lock while a section ran, and deadlocks. */
  private Word locks() {
    Findings findings = new Findings();
    change.environment(seen.environment()).stream()
        .flatMap(plan -> plan.sections().stream())
        .map(Section::name)
        .forEach(
            section -> {
              figure(section, "locks.waiting", findings);
              figure(section, "deadlocks", findings);
            });
    for (Report.Observed stage : seen.observed()) {
      stage.samples().metrics().stream()
          .filter(metric -> metric.metric().equals("deadlocks"))
          .forEach(metric -> sampled(stage.stage(), metric, findings));
    }
    if (findings.bad.isEmpty() && findings.open.isEmpty() && !findings.good.isEmpty()) {
      findings.good.clear();
      findings.good.add("in no section did a session wait for a lock, and there was no deadlock");
    }
    return findings.word("Lock Contention", "FOUND", "NONE", "no section was applied");
  }

  private void figure(String section, String metric, Findings findings) {
    Optional<Double> highest =
        Optional.ofNullable(seen.sections().get(section)).flatMap(s -> s.highest(metric));
    if (highest.isEmpty()) {
      findings.open.add(metric + " was not read while section " + section + " ran");
    } else {
      findings.add(
          highest.get() == 0 ? Verdict.PASS : Verdict.FAIL,
          "section " + section + ": " + metric + " at most " + ReportText.figure(metric, highest));
    }
  }

  /** What the change's own triggers on sessions said. */
  private Word connections() {
    Findings findings = new Findings();
    for (Report.Observed stage : seen.observed()) {
      for (TriggerOutcome trigger : stage.samples().triggers()) {
        if (trigger.metric().startsWith("sessions.")) {
          String sentence = stage.stage() + ": " + trigger.trigger() + ": " + trigger.sentence();
          findings.add(verdict(Phase.valueOf(trigger.phase())), sentence);
        }
      }
    }
    return findings.word(
        "Connection Stability",
        "UNSTABLE",
        "STABLE",
        "no trigger on sessions.* was watched to the end of a soak or watch");
  }

  private static Verdict verdict(Phase phase) {
    return switch (phase) {
      case OK, PENDING -> Verdict.PASS;
      case BREACH -> Verdict.FAIL;
      case INCONCLUSIVE, NOT_APPLICABLE -> Verdict.INCONCLUSIVE;
    };
  }

  private Word performance() {
    Optional<Seen.Ended> compared = seen.step("compare");
    List<Evidence.Comparison> core =
        compared.flatMap(ended -> ended.evidence(Evidence.Comparisons.class)).stream()
            .flatMap(table -> table.probes().stream())
            .filter(probe -> probe.core() && probe.beforeP50().isPresent())
            .toList();
    if (core.isEmpty()) {
      return performance(Word.NOT_MEASURED, "no core probe was compared with its baseline");
    }
    double average =
        core.stream().mapToDouble(Evidence.Comparison::improvement).average().orElseThrow();
    boolean slower =
        core.stream().anyMatch(p -> p.verdict() == Verdict.FAIL && p.improvement() < 0);
    boolean faster = core.stream().anyMatch(this::isFaster);
    String sentence = compared.orElseThrow().sentence();
    if (slower || (average < 0 && compared.get().verdict() == Verdict.FAIL)) {
      return performance("NEGATIVE (queries slower)", sentence);
    }
    return switch (compared.get().verdict()) {
      case PASS ->
          faster && average > 0
              ? new Word("Performance Impact", "POSITIVE (queries faster)", true, sentence)
              : performance("NEUTRAL", sentence);
      case FAIL -> performance("NEUTRAL", sentence);
      case INCONCLUSIVE, ERROR -> performance(Word.NOT_MEASURED, sentence);
    };
  }

  /** By more than its noise. */
  private boolean isFaster(Evidence.Comparison probe) {
    double noise =
        change.probe(probe.probe()).map(p -> p.noise().toNanos() / 1e9).orElse(Double.MAX_VALUE);
    return probe.verdict() == Verdict.PASS
        && probe.beforeP50().orElseThrow() - probe.afterP50() > noise;
  }

  private static Word performance(String word, String because) {
    return new Word("Performance Impact", word, false, because);
  }
}
