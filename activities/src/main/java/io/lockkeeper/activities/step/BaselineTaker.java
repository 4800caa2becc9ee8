package io.lockkeeper.activities.step;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.activities.figures.IndexFigures;
import io.lockkeeper.activities.log.LogFile;
import io.lockkeeper.activities.postgres.Fingerprint;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.postgres.TargetMeasures;
import io.lockkeeper.activities.probe.BaselineRecord;
import io.lockkeeper.activities.probe.BaselineRecord.DerivedBaseline;
import io.lockkeeper.activities.probe.BaselineRecord.ProbeBaseline;
import io.lockkeeper.activities.probe.Bound;
import io.lockkeeper.activities.probe.CheckRunner;
import io.lockkeeper.activities.probe.KeptRows;
import io.lockkeeper.activities.probe.Measured;
import io.lockkeeper.activities.probe.ProbeRunner;
import io.lockkeeper.activities.probe.ProbeRunner.UnmeasuredException;
import io.lockkeeper.activities.statements.StatementWatch;
import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.change.Check;
import io.lockkeeper.change.Check.Moment;
import io.lockkeeper.change.Probe;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.DerivedFigure;
import io.lockkeeper.step.Evidence.Item;
import io.lockkeeper.step.Evidence.ProbeFigure;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures everything that is later compared with, and keeps it in the target's ledger. */
final class BaselineTaker {
  /** Live figures are read so often at least, and their median is the baseline. */
  private static final int LIVE_READINGS = 3;

  private static final Logger LOG = LoggerFactory.getLogger(BaselineTaker.class);
  private static final int REQUEST_WARM_UP = 2;
  private static final int REQUEST_RUNS = 20;

  private final Place place;
  private final Running running;
  private final Map<String, ProbeBaseline> probes = new LinkedHashMap<>();
  private final Map<String, ProbeFigure> requests = new LinkedHashMap<>();
  private final Map<String, String> results = new LinkedHashMap<>();
  private final Map<String, String> logs = new LinkedHashMap<>();
  private final Map<String, DerivedBaseline> derived = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> settings = new LinkedHashMap<>();
  private final Map<String, List<KeptRows>> kept = new LinkedHashMap<>();
  private final List<Item> checks = new ArrayList<>();
  private final List<Attachment> attachments = new ArrayList<>();
  private final List<String> unmeasured = new ArrayList<>();
  private final StringBuilder plans = new StringBuilder();
  private final BaselineSamples samples;

  BaselineTaker(Place place, Running running) {
    this.place = place;
    this.samples = new BaselineSamples(place);
    this.running = running;
  }

  StepResult run() {
    TargetLedger ledger = new TargetLedger(place.target());
    try {
      for (Probe probe : place.measured()) {
        measure(probe);
      }
      spread();
      // After what may take a quarter of an hour: what is logged meanwhile is not the change's.
      markLogs();
      place.allProbes().forEach(this::derive);
      for (Check check : place.allChecks()) {
        look(check);
      }
      Map<String, Double> live = live();
      Fingerprint fingerprint =
          new TargetMeasures(place.target(), running).fingerprint(place.work());
      BaselineRecord record =
          new BaselineRecord(
              probes,
              requests,
              live,
              results,
              logs,
              ledger.indexes(PlannedObjects.tables(place.bundle(), place.plan())),
              derived,
              settings,
              kept,
              statements());
      ledger.writeBaseline(
          place.work(),
          place.order().work().change(),
          running,
          Json.canonical(record),
          fingerprint,
          SaidOfWayBack.of(place));
      attach("baseline_metrics.txt", text(record));
      attach("baseline_plans.txt", plans.toString());
      attach("baseline_samples.csv", samples.csv());
      return result(live, fingerprint, ledger.connected().databaseSize());
    } catch (SQLException e) {
      throw SqlFailures.of("measuring before the change", place.target(), e);
    }
  }

  /** They only tell people more: nothing waits for what cannot be read. */
  private Optional<BlobRef> statements() {
    try {
      return new StatementWatch(place.target(), place.blobs()).mark();
    } catch (SQLException e) {
      LOG.warn("{}: statements are not compared: {}", place.promotion(), SqlFailures.text(e));
      return Optional.empty();
    }
  }

  private StepResult result(Map<String, Double> live, Fingerprint fingerprint, long size) {
    List<Verdict> verdicts = new ArrayList<>(checks.stream().map(Item::verdict).toList());
    if (!unmeasured.isEmpty()) {
      verdicts.add(Verdict.INCONCLUSIVE);
    }
    Verdict verdict = Verdict.worst(verdicts);
    List<String> open = new ArrayList<>(unmeasured);
    checks.stream()
        .filter(item -> item.verdict() != Verdict.PASS)
        .forEach(item -> open.add(item.name() + ": " + item.sentence()));
    return StepResult.of(
            verdict,
            open.isEmpty() ? measured() : String.join("; ", open),
            new Evidence.Figures(
                probes.values().stream().flatMap(probe -> probe.figure().stream()).toList(),
                live,
                fingerprint.digest(),
                size,
                checks,
                derived.entrySet().stream()
                    .map(two -> told(two.getKey(), two.getValue()))
                    .toList()))
        .with(attachments);
  }

  private static DerivedFigure told(String probe, DerivedBaseline two) {
    return new DerivedFigure(probe, two.p50(), two.p95(), two.ratio());
  }

  private String measured() {
    int taken = (int) probes.values().stream().filter(p -> p.figure().isPresent()).count();
    String later =
        probes.entrySet().stream()
            .filter(probe -> probe.getValue().figure().isEmpty())
            .map(Map.Entry::getKey)
            .collect(Collectors.joining(", "));
    return Counted.of(taken, "probe")
        + " measured"
        + (later.isEmpty() ? "" : "; not possible before the change: " + later);
  }

  private void measure(Probe probe) throws SQLException {
    running.beat("measures " + probe.name());
    ProbeRunner runner = place.probes();
    try {
      Bound bound = runner.bind(probe);
      Optional<Measured> measured = measured(runner, probe, bound);
      probes.put(
          probe.name(),
          new ProbeBaseline(
              measured.map(m -> ProbeFigures.of(probe.name(), m)),
              bound.values(),
              bound.viewer().settings(),
              seconds(probe.noise()),
              probe.core(),
              measured.map(Measured::seconds).orElse(List.of()),
              List.of()));
      measured.ifPresent(m -> plans.append(ProbeFigures.plan(probe, m)));
    } catch (UnmeasuredException e) {
      unmeasured.add("probe " + e.text());
    } catch (SQLException e) {
      if (SqlFailures.isConnection(e)) {
        throw e;
      }
      unmeasured.add("probe " + probe.name() + " failed: " + SqlFailures.text(e));
    }
  }

  /** Rounds for the soak or watch that is held against them, where there will be one. */
  private void spread() throws SQLException {
    if (!(place.order().step() instanceof Step.Baseline step) || step.rounds().isEmpty()) {
      return;
    }
    Map<Probe, Bound> measured = new LinkedHashMap<>();
    for (Probe probe : place.measured()) {
      Optional.ofNullable(probes.get(probe.name()))
          .filter(baseline -> baseline.figure().isPresent())
          .ifPresent(baseline -> measured.put(probe, baseline.bound(probe)));
    }
    if (!measured.isEmpty()) {
      new ProbeRounds(place.probes()::roundBefore, running, step.rounds().get())
          .take(
              measured,
              taken -> {
                samples.look();
                return false;
              })
          .forEach((name, rounds) -> probes.computeIfPresent(name, (n, b) -> b.with(rounds)));
    }
  }

  /** Nothing where the query needs what only the change makes, and its limits need no baseline. */
  private static Optional<Measured> measured(ProbeRunner runner, Probe probe, Bound bound)
      throws SQLException, UnmeasuredException {
    try {
      return Optional.of(runner.measureBefore(probe, bound));
    } catch (SQLException e) {
      if (probe.needsNoBaseline() && SqlFailures.isUndefined(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Where one of the two has no baseline this one has none either. */
  private void derive(Probe probe) {
    if (!(probe.source() instanceof Probe.Derived source)) {
      return;
    }
    Optional<ProbeFigure> of = figure(source.of());
    Optional<ProbeFigure> by = figure(source.by());
    if (of.isPresent() && by.isPresent()) {
      double noise = seconds(probe.noise());
      derived.put(
          probe.name(),
          new DerivedBaseline(
              source.apply(of.get().p50(), by.get().p50()),
              source.apply(of.get().p95(), by.get().p95()),
              probe.isRatio() ? noise / by.get().p50() : noise,
              probe.isRatio()));
    }
  }

  private Optional<ProbeFigure> figure(String probe) {
    return Optional.ofNullable(probes.get(probe)).flatMap(ProbeBaseline::figure);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  private void look(Check check) throws SQLException {
    running.beat("checks " + check.name());
    if (check.source() instanceof Check.Http http && place.bundle().change().times(check)) {
      time(check.name(), http.url());
    }
    if (!remembered(check)) {
      return;
    }
    boolean before = check.when().contains(Moment.BEFORE);
    if (!before && !check.unchanged()) {
      return;
    }
    // Its result is compared with nothing: there is nothing before the baseline.
    CheckRunner.Found found =
        place
            .checks()
            .make(
                check,
                new CheckRunner.Before(
                    Optional.empty(),
                    mark(check),
                    Optional.ofNullable(settings.get(check.name())),
                    List.of()));
    results.put(check.name(), found.digest());
    if (before && !check.unchanged()) {
      checks.add(new Item(check.name(), found.verdict(), found.sentence()));
    }
    if (before && check.record()) {
      attach(check.name() + "-before.txt", found.text());
    }
  }

  /** Reads what a check needs to know of now, later; false where that was not possible. */
  private boolean remembered(Check check) throws SQLException {
    try {
      if (!check.session().set().isEmpty()) {
        settings.put(check.name(), place.checks().settings(check));
      }
      if (check.source() instanceof Check.Kept source) {
        List<KeptRows> counted = place.checks().count(source);
        kept.put(check.name(), counted);
        checks.add(new Item(check.name(), Verdict.PASS, rows(counted)));
      }
      return true;
    } catch (SQLException e) {
      if (SqlFailures.isConnection(e)) {
        throw e;
      }
      unmeasured.add("check " + check.name() + " failed: " + SqlFailures.text(e));
      return false;
    }
  }

  private static String rows(List<KeptRows> counted) {
    return counted.stream()
        .map(table -> table.table() + " has " + table.rows() + " rows")
        .collect(Collectors.joining("; "));
  }

  /** How long its answers take before the change; one that fails then is told by its check. */
  private void time(String name, String url) {
    try {
      Measured measured = place.probes().request(name, url, REQUEST_WARM_UP, REQUEST_RUNS);
      requests.put(name, ProbeFigures.of(name, measured));
    } catch (UnmeasuredException e) {
      unmeasured.add("check " + e.text());
    }
  }

  private Optional<String> mark(Check check) {
    return check.source() instanceof Check.Log log
        ? Optional.ofNullable(logs.get(log.log()))
        : Optional.empty();
  }

  private void markLogs() {
    for (Check check : place.allChecks()) {
      if (check.source() instanceof Check.Log log && !logs.containsKey(log.log())) {
        try {
          logs.put(log.log(), LogFile.of(place.environment(), log.log()).mark());
        } catch (IOException e) {
          unmeasured.add("log " + log.log() + " cannot be read: " + e.getClass().getSimpleName());
        }
      }
    }
  }

  private Map<String, Double> live() throws SQLException {
    if (samples.looks() == 0) {
      samples.look();
    }
    while (samples.looks() < LIVE_READINGS) {
      samples.lookAtTarget();
    }
    samples.add(Instant.now(), bloat());
    return samples.medians();
  }

  private Map<String, Reading> bloat() {
    List<String> tables =
        PlannedObjects.tables(place.bundle(), place.plan()).stream()
            .map(QualifiedName::sql)
            .toList();
    return new IndexFigures(tables, List.of()).bloat(place.target());
  }

  private void attach(String name, String text) {
    attachments.add(
        new Attachment(
            place.attachment(name), "text/plain", place.blobs().write(text.getBytes(UTF_8))));
  }

  private String text(BaselineRecord record) {
    StringBuilder text = new StringBuilder();
    text.append("Baseline of ").append(place.promotion()).append(" in ");
    text.append(place.environment().name()).append("\n\n");
    for (Probe probe : place.allProbes()) {
      record
          .probe(probe.name())
          .ifPresent(measured -> text.append(probe.name()).append(line(measured)).append('\n'));
      Optional.ofNullable(record.derived().get(probe.name()))
          .ifPresent(
              two ->
                  text.append(probe.name())
                      .append(": p50 ")
                      .append(print(two.p50(), two.ratio()))
                      .append(", p95 ")
                      .append(print(two.p95(), two.ratio()))
                      .append('\n'));
    }
    return text.toString();
  }

  private static String line(ProbeBaseline measured) {
    return measured
        .figure()
        .map(
            figure ->
                ": p50 "
                    + print(figure.p50(), false)
                    + ", p95 "
                    + print(figure.p95(), false)
                    + ", rows "
                    + figure.rows())
        .orElse(": not possible before the change");
  }

  private static String print(double figure, boolean ratio) {
    return Quantity.print(figure, ratio ? Dimension.RATIO : Dimension.TIME);
  }
}
