package io.lockkeeper.activities.step;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.probe.AgainstBaseline;
import io.lockkeeper.activities.probe.BaselineRecord;
import io.lockkeeper.activities.probe.BaselineRecord.ProbeBaseline;
import io.lockkeeper.activities.probe.HeldToBaseline;
import io.lockkeeper.activities.probe.JudgedFigures;
import io.lockkeeper.activities.probe.Measured;
import io.lockkeeper.activities.probe.PairAgainstBaseline;
import io.lockkeeper.activities.probe.ProbeRunner.UnmeasuredException;
import io.lockkeeper.activities.probe.Shift;
import io.lockkeeper.activities.step.SecondLook.Patience;
import io.lockkeeper.change.Probe;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Judgement;
import io.lockkeeper.limit.Judgement.Truth;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.ProbeFigure;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Measures the probes again, with the same parameters, and holds them against the baseline. */
final class Comparison {
  /** What a probe may become slower by where its change expects nothing of it. */
  private static final Limit NOT_SLOWER = Limit.parse("p50 <= baseline + 20%");

  /** Another number of rows than before: the figures compare different things. */
  private static final double ROWS_DIFFER = 0.1;

  private final Place place;
  private final Running running;
  private final Patience patience;
  private final Map<String, AgainstBaseline> after = new HashMap<>();
  private final List<String> missing = new ArrayList<>();
  private final StringBuilder plans = new StringBuilder();

  Comparison(Place place, Running running) {
    this(place, running, Patience.USUAL);
  }

  /**
   * @param patience how long what is worse is looked at again
   */
  Comparison(Place place, Running running, Patience patience) {
    this.place = place;
    this.running = running;
    this.patience = patience;
  }

  StepResult run() {
    try {
      Optional<BaselineRecord> baseline =
          new TargetLedger(place.target())
              .checkpoint(place.promotion(), "baseline")
              .map(bytes -> Json.read(bytes, BaselineRecord.class));
      for (Probe probe : place.measured()) {
        running.beat("measures " + probe.name());
        Optional<ProbeBaseline> before = baseline.flatMap(b -> b.probe(probe.name()));
        if (before.isEmpty()) {
          missing.add("probe " + probe.name() + " has no baseline");
        } else {
          measure(probe, before.get());
        }
      }
      BaselineRecord record = baseline.orElse(BaselineRecord.NONE);
      new SecondLook(place, running, patience).take(record, after);
      List<Evidence.Comparison> compared = new ArrayList<>();
      for (Probe probe : place.allProbes()) {
        compare(probe, record).ifPresent(compared::add);
      }
      StepResult result = result(compared, missing).with(List.of(plans()));
      return place.isFollowUp() ? telling(result, StatementsSince.of(place, record)) : result;
    } catch (SQLException e) {
      throw SqlFailures.of("measuring after the change", place.target(), e);
    }
  }

  private static StepResult telling(StepResult result, StatementsSince since) {
    List<Attachment> attachments = new ArrayList<>(result.attachments());
    attachments.add(since.list());
    return StepResult.of(
            result.verdict(),
            result.sentence() + "; " + since.sentence(),
            result.evidence().orElseThrow())
        .with(attachments);
  }

  /** What is expected of a probe. */
  private static List<Limit> limits(Probe probe) {
    return probe.expect().isEmpty() ? List.of(NOT_SLOWER) : probe.expect();
  }

  private void measure(Probe probe, ProbeBaseline before) throws SQLException {
    try {
      Measured measured = place.probes().measure(probe, before.bound(probe));
      after.put(probe.name(), new AgainstBaseline(before, limits(probe), measured, List.of()));
      plans.append(ProbeFigures.plan(probe, measured));
    } catch (UnmeasuredException e) {
      missing.add("probe " + e.text());
    } catch (SQLException e) {
      if (SqlFailures.isConnection(e)) {
        throw e;
      }
      missing.add("probe " + probe.name() + " failed: " + SqlFailures.text(e));
    }
  }

  private Attachment plans() {
    return new Attachment(
        place.attachment("compare_plans.txt"),
        "text/plain",
        place.blobs().write(plans.toString().getBytes(UTF_8)));
  }

  private Optional<Evidence.Comparison> compare(Probe probe, BaselineRecord baseline) {
    Optional<Evidence.Comparison> compared =
        baseline
            .held(probe, after)
            .map(
                held ->
                    held instanceof PairAgainstBaseline pair
                        ? compare(pair)
                        : compare(probe, (AgainstBaseline) held));
    if (probe.isDerived() && compared.isEmpty()) {
      missing.add("probe " + probe.name() + " has not both of its probes");
    }
    return compared;
  }

  /** What comes out of two probes, now and at the baseline. */
  private Evidence.Comparison compare(PairAgainstBaseline pair) {
    JudgedFigures now = pair.now();
    Optional<JudgedFigures> was = pair.was();
    List<Verdict> verdicts = new ArrayList<>();
    List<String> sentences = new ArrayList<>();
    judge(pair, true, verdicts, sentences);
    if (sentences.isEmpty()) {
      sentences.add("told, not judged");
    }
    return evidence(pair.probe(), was, now, Optional.empty(), List.of(), verdicts, sentences);
  }

  private static StepResult result(List<Evidence.Comparison> compared, List<String> missing) {
    List<Verdict> verdicts = new ArrayList<>(compared.stream().map(c -> c.verdict()).toList());
    List<String> open = new ArrayList<>(missing);
    missing.forEach(m -> verdicts.add(Verdict.INCONCLUSIVE));
    compared.stream()
        .filter(c -> c.verdict() != Verdict.PASS)
        .forEach(c -> open.add(c.probe() + ": " + c.sentence()));
    List<Evidence.Comparison> core = compared.stream().filter(Evidence.Comparison::core).toList();
    double before = core.stream().mapToDouble(c -> c.beforeP50().orElse(0.0)).sum();
    double after = core.stream().mapToDouble(Evidence.Comparison::afterP50).sum();
    double mean = core.stream().mapToDouble(Evidence.Comparison::improvement).average().orElse(0);
    double total = before == 0 ? 0 : (before - after) / before;
    String sentence =
        open.isEmpty()
            ? String.format(
                Locale.ROOT,
                "%s, on average %.0f %% faster",
                Counted.of(compared.size(), "probe"),
                mean * 100)
            : String.join("; ", open);
    return StepResult.of(
        Verdict.worst(verdicts), sentence, new Evidence.Comparisons(compared, mean, total));
  }

  private Evidence.Comparison compare(Probe probe, AgainstBaseline compared) {
    List<Verdict> verdicts = new ArrayList<>();
    List<String> sentences = new ArrayList<>();
    ProbeBaseline before = compared.before();
    Measured after = compared.inOneGo();
    JudgedFigures now = compared.now();
    Optional<JudgedFigures> was = compared.was();
    boolean expects = !probe.expect().isEmpty();
    judge(compared, expects, verdicts, sentences);
    uses(probe, after, verdicts, sentences);
    before.figure().ifPresent(figure -> rows(figure.rows(), after.rows(), sentences));
    Optional<Shift> shift = Shift.of(before.runs(), after.seconds());
    return evidence(probe, was, now, shift, after.indexes(), verdicts, sentences)
        .with(before.figure().flatMap(ProbeFigure::blocks), after.blocks());
  }

  private static Evidence.Comparison evidence(
      Probe probe,
      Optional<JudgedFigures> was,
      JudgedFigures now,
      Optional<Shift> shift,
      List<String> indexes,
      List<Verdict> verdicts,
      List<String> sentences) {
    boolean compares = was.isPresent() && !probe.isDerived() && was.get().p50() > 0;
    return new Evidence.Comparison(
        probe.name(),
        // What was not measured before says nothing about better or worse.
        probe.core() && was.isPresent(),
        was.map(JudgedFigures::p50),
        now.p50(),
        was.map(JudgedFigures::p95),
        now.p95(),
        was.flatMap(figures -> figures.counted()),
        now.counted().orElse(0L),
        compares ? (was.get().p50() - now.p50()) / was.get().p50() : 0,
        probe.isRatio(),
        indexes,
        Verdict.worst(verdicts),
        String.join("; ", sentences),
        shift.map(Shift::slower),
        shift.map(Shift::middle));
  }

  private void judge(
      HeldToBaseline held, boolean expected, List<Verdict> verdicts, List<String> sentences) {
    JudgedFigures now = held.now();
    Optional<JudgedFigures> was = held.was();
    boolean untold = held.isSeenTooSeldom();
    for (Limit limit : held.limits()) {
      if (!untold || !limit.needsBaseline()) {
        judge(now.judge(limit, was, held.noise()), expected, verdicts, sentences);
      }
    }
    if (untold) {
      verdicts.add(Verdict.INCONCLUSIVE);
      sentences.add(
          "one go of runs was worse, and it could not be looked at again often enough ("
              + held.rounds()
              + " of "
              + HeldToBaseline.WORSE
              + " rounds in "
              + Durations.print(patience.atMost())
              + ")");
    }
  }

  private static void judge(
      Judgement judgement, boolean expected, List<Verdict> verdicts, List<String> sentences) {
    // Not slower than the noise is not slower; faster must show.
    boolean hidden = judgement.truth() == Truth.WITHIN_NOISE;
    verdicts.add(
        switch (judgement.truth()) {
          case YES, NOT_APPLICABLE -> Verdict.PASS;
          case NO -> Verdict.FAIL;
          case UNKNOWN -> Verdict.INCONCLUSIVE;
          case WITHIN_NOISE -> expected ? Verdict.INCONCLUSIVE : Verdict.PASS;
        });
    sentences.add(hidden && !expected ? "no slower than the noise" : judgement.sentence());
  }

  private static void uses(
      Probe probe, Measured after, List<Verdict> verdicts, List<String> sentences) {
    if (probe.uses().isEmpty()) {
      return;
    }
    if (probe.uses().stream().anyMatch(after.indexes()::contains)) {
      verdicts.add(Verdict.PASS);
      sentences.add("uses " + String.join(", ", after.indexes()));
      return;
    }
    boolean small = after.tableRows() < probe.minRows();
    verdicts.add(small ? Verdict.INCONCLUSIVE : Verdict.FAIL);
    sentences.add(
        "does not use "
            + String.join(" or ", probe.uses())
            + (small
                ? String.format(
                    Locale.ROOT,
                    ", but the table has %.0f rows and %d are needed to tell",
                    after.tableRows(),
                    probe.minRows())
                : ""));
  }

  private static void rows(long was, long now, List<String> sentences) {
    if (Math.abs(now - was) > Math.max(1, was) * ROWS_DIFFER) {
      sentences.add("now " + now + " rows, before " + was);
    }
  }
}
