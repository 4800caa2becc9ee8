package io.lockkeeper.soak;

import io.lockkeeper.activity.Payloads;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.json.Fit;
import io.lockkeeper.limit.TriggerState.Phase;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.MetricSamples;
import io.lockkeeper.step.Evidence.TriggerOutcome;
import io.lockkeeper.step.StatementChanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a soak hands on, made to fit into one payload: a soak that cannot end cannot be rolled back.
 * What is left out first is what people can do without; what a verdict needs is never left out.
 */
final class SoakBounds {
  /** The rest is for what is around it where it travels on. */
  static final int BYTES = Payloads.MAX_BYTES - 6_000;

  private static final int ENTRIES = 60;
  private static final int FEW_ENTRIES = 10;
  private static final int WINDOWS = 100;
  private static final int FEW_WINDOWS = 50;

  private SoakBounds() {}

  static SoakResult result(SoakResult whole, StagePlan.Soak plan) {
    return Fit.into(
        BYTES,
        whole,
        List.of(
            r -> with(r, r.samples(), newest(r.unwritten(), ENTRIES, plan)),
            r -> with(r, withoutStatements(r.samples()), r.unwritten()),
            r -> with(r, withoutUnwatched(r.samples(), plan), r.unwritten()),
            r -> with(r, r.samples(), newest(r.unwritten(), FEW_ENTRIES, plan)),
            r -> with(r, withoutRules(r.samples()), r.unwritten()),
            r -> with(r, windows(r.samples(), WINDOWS), r.unwritten()),
            r -> with(r, windows(r.samples(), FEW_WINDOWS), r.unwritten())));
  }

  static SoakOrder order(SoakOrder whole) {
    return Fit.into(
        BYTES,
        whole,
        List.of(
            o -> with(o, o.statements(), o.sentences(), newest(o.unwritten(), ENTRIES, o.plan())),
            o -> with(o, Optional.of(leftOut()), o.sentences(), o.unwritten()),
            o -> with(o, o.statements(), Map.of(), o.unwritten()),
            o ->
                with(
                    o,
                    o.statements(),
                    o.sentences(),
                    newest(o.unwritten(), FEW_ENTRIES, o.plan()))));
  }

  private static SoakResult with(
      SoakResult result, Evidence.Samples samples, List<Entry> unwritten) {
    return new SoakResult(
        result.outcome(), result.sentence(), samples, result.deadline(), unwritten);
  }

  private static SoakOrder with(
      SoakOrder order,
      Optional<StatementChanges> statements,
      Map<String, String> sentences,
      List<Entry> unwritten) {
    return new SoakOrder(
        order.work(),
        order.plan(),
        order.start(),
        order.began(),
        order.from(),
        order.deadline(),
        order.states(),
        order.metrics(),
        order.series(),
        order.marks(),
        sentences,
        order.written(),
        unwritten,
        statements,
        order.added(),
        order.tellsLost());
  }

  /** The first of those that stay says how many do not. */
  private static List<Entry> newest(List<Entry> entries, int most, StagePlan.Soak plan) {
    int out = entries.size() - most;
    if (out <= 1) {
      return entries;
    }
    Entry first = entries.get(0);
    Entry last = entries.get(out - 1);
    long from = first.event() instanceof Event.LeftOut before ? before.from() : first.sequence();
    String sentence =
        (last.sequence() - from + 1)
            + " entries are left out up to here: the journal was away, and there were more than can"
            + " be handed on";
    List<Entry> newest = new ArrayList<>();
    newest.add(
        new Entry(
            last.writer(),
            last.sequence(),
            last.at(),
            new Event.LeftOut(plan.name(), from, sentence)));
    newest.addAll(entries.subList(out, entries.size()));
    return newest;
  }

  private static StatementChanges leftOut() {
    return StatementChanges.untold("there was more to tell than can be handed on");
  }

  private static Evidence.Samples withoutStatements(Evidence.Samples samples) {
    return with(samples, samples.metrics(), samples.triggers(), samples.series(), leftOut());
  }

  /** The series have them. */
  private static Evidence.Samples withoutUnwatched(Evidence.Samples samples, StagePlan.Soak plan) {
    List<MetricSamples> watched =
        samples.metrics().stream().filter(metric -> plan.watches(metric.metric())).toList();
    return with(samples, watched, samples.triggers(), samples.series(), leftOut());
  }

  /** Of limits that held; they can be read again from their text. */
  private static Evidence.Samples withoutRules(Evidence.Samples samples) {
    List<TriggerOutcome> outcomes =
        samples.triggers().stream()
            .map(
                outcome ->
                    outcome.phase().equals(Phase.OK.name())
                        ? new TriggerOutcome(
                            outcome.trigger(),
                            outcome.metric(),
                            outcome.phase(),
                            outcome.sentence())
                        : outcome)
            .toList();
    return with(samples, samples.metrics(), outcomes, samples.series(), leftOut());
  }

  private static Evidence.Samples windows(Evidence.Samples samples, int most) {
    List<Attachment> series = samples.series();
    List<Attachment> newest = series.subList(Math.max(0, series.size() - most), series.size());
    return with(samples, samples.metrics(), samples.triggers(), newest, leftOut());
  }

  private static Evidence.Samples with(
      Evidence.Samples samples,
      List<MetricSamples> metrics,
      List<TriggerOutcome> outcomes,
      List<Attachment> series,
      StatementChanges statements) {
    return new Evidence.Samples(
        samples.started(), samples.ended(), metrics, outcomes, series, Optional.of(statements));
  }
}
