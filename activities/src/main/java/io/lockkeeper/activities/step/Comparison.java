package io.lockkeeper.activities.step;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.probe.BaselineRecord;
import io.lockkeeper.activities.probe.BaselineRecord.ProbeBaseline;
import io.lockkeeper.activities.probe.Measured;
import io.lockkeeper.activities.probe.ProbeRunner.UnmeasuredException;
import io.lockkeeper.change.Probe;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Judgement;
import io.lockkeeper.limit.Judgement.Truth;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.LimitJudge;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Measures the probes again, with the same parameters, and holds them against the baseline. */
final class Comparison {
  /** What a probe may become slower by where its change expects nothing of it. */
  private static final Limit NOT_SLOWER = Limit.parse("p50 <= baseline + 20%");

  /** Another number of rows than before: the figures compare different things. */
  private static final double ROWS_DIFFER = 0.1;

  private final Place place;
  private final Running running;

  Comparison(Place place, Running running) {
    this.place = place;
    this.running = running;
  }

  StepResult run() {
    try {
      Optional<BaselineRecord> baseline =
          new TargetLedger(place.target())
              .checkpoint(place.promotion(), "baseline")
              .map(bytes -> Json.read(bytes, BaselineRecord.class));
      List<Evidence.Comparison> compared = new ArrayList<>();
      List<String> missing = new ArrayList<>();
      for (Probe probe : place.bundle().change().probes()) {
        running.beat("measures " + probe.name());
        Optional<ProbeBaseline> before = baseline.flatMap(b -> b.probe(probe.name()));
        if (before.isEmpty()) {
          missing.add("probe " + probe.name() + " has no baseline");
        } else {
          compare(probe, before.get(), compared, missing);
        }
      }
      return result(compared, missing);
    } catch (SQLException e) {
      throw SqlFailures.of("measuring after the change", place.target(), e);
    }
  }

  private void compare(
      Probe probe, ProbeBaseline before, List<Evidence.Comparison> compared, List<String> missing)
      throws SQLException {
    try {
      compared.add(compare(probe, before, place.probes().measure(probe, before.values())));
    } catch (UnmeasuredException e) {
      missing.add("probe " + e.text());
    }
  }

  private static StepResult result(List<Evidence.Comparison> compared, List<String> missing) {
    List<Verdict> verdicts = new ArrayList<>(compared.stream().map(c -> c.verdict()).toList());
    List<String> open = new ArrayList<>(missing);
    missing.forEach(m -> verdicts.add(Verdict.INCONCLUSIVE));
    compared.stream()
        .filter(c -> c.verdict() != Verdict.PASS)
        .forEach(c -> open.add(c.probe() + ": " + c.sentence()));
    List<Evidence.Comparison> core = compared.stream().filter(Evidence.Comparison::core).toList();
    double before = core.stream().mapToDouble(Evidence.Comparison::beforeP50).sum();
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

  private static Evidence.Comparison compare(Probe probe, ProbeBaseline before, Measured after) {
    List<Verdict> verdicts = new ArrayList<>();
    List<String> sentences = new ArrayList<>();
    boolean expects = !probe.expect().isEmpty();
    for (Limit limit : expects ? probe.expect() : List.of(NOT_SLOWER)) {
      judge(limit, before, after, expects, verdicts, sentences);
    }
    uses(probe, after, verdicts, sentences);
    rows(before, after, sentences);
    double was = before.figure().p50();
    return new Evidence.Comparison(
        probe.name(),
        probe.core(),
        was,
        after.p50(),
        before.figure().p95(),
        after.p95(),
        before.figure().rows(),
        after.rows(),
        was == 0 ? 0 : (was - after.p50()) / was,
        after.indexes(),
        Verdict.worst(verdicts),
        String.join("; ", sentences));
  }

  private static void judge(
      Limit limit,
      ProbeBaseline before,
      Measured after,
      boolean expected,
      List<Verdict> verdicts,
      List<String> sentences) {
    boolean p95 = limit.metric().equals("p95");
    boolean rows = limit.metric().equals("rows");
    double now = rows ? after.rows() : p95 ? after.p95() : after.p50();
    double was =
        rows ? before.figure().rows() : p95 ? before.figure().p95() : before.figure().p50();
    Judgement judgement =
        LimitJudge.judge(
            limit,
            limit.metric(),
            new Reading.Figure(now),
            OptionalDouble.of(was),
            rows ? 0 : before.noise());
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

  private static void rows(ProbeBaseline before, Measured after, List<String> sentences) {
    long was = before.figure().rows();
    if (Math.abs(after.rows() - was) > Math.max(1, was) * ROWS_DIFFER) {
      sentences.add("now " + after.rows() + " rows, before " + was);
    }
  }
}
