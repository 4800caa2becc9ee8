package io.lockkeeper.activities.step;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.activities.log.LogFile;
import io.lockkeeper.activities.postgres.DeclaredWayBack;
import io.lockkeeper.activities.postgres.Fingerprint;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.probe.BaselineRecord;
import io.lockkeeper.activities.probe.BaselineRecord.ProbeBaseline;
import io.lockkeeper.activities.probe.CheckRunner;
import io.lockkeeper.activities.probe.LiveFigures;
import io.lockkeeper.activities.probe.Measured;
import io.lockkeeper.activities.probe.ProbeRunner;
import io.lockkeeper.activities.probe.ProbeRunner.UnmeasuredException;
import io.lockkeeper.activities.probe.Timings;
import io.lockkeeper.change.Check;
import io.lockkeeper.change.Check.Moment;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.Probe;
import io.lockkeeper.change.Section;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.plan.SectionUnits;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.Item;
import io.lockkeeper.step.Evidence.ProbeFigure;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Measures everything that is later compared with, and keeps it in the target's ledger. */
final class BaselineTaker {
  /** Live figures are read so often, and their median is the baseline. */
  private static final int LIVE_READINGS = 3;

  private static final int REQUEST_WARM_UP = 2;
  private static final int REQUEST_RUNS = 20;

  private final Place place;
  private final Running running;
  private final Map<String, ProbeBaseline> probes = new LinkedHashMap<>();
  private final Map<String, ProbeFigure> requests = new LinkedHashMap<>();
  private final Map<String, String> results = new LinkedHashMap<>();
  private final Map<String, String> logs = new LinkedHashMap<>();
  private final List<Item> checks = new ArrayList<>();
  private final List<Attachment> attachments = new ArrayList<>();
  private final List<String> unmeasured = new ArrayList<>();
  private final StringBuilder plans = new StringBuilder();

  BaselineTaker(Place place, Running running) {
    this.place = place;
    this.running = running;
  }

  StepResult run() {
    TargetLedger ledger = new TargetLedger(place.target());
    try {
      markLogs();
      for (Probe probe : place.bundle().change().probes()) {
        measure(probe);
      }
      for (Check check : place.bundle().change().checks()) {
        look(check);
      }
      Map<String, Double> live = live();
      Fingerprint fingerprint = ledger.fingerprint();
      BaselineRecord record =
          new BaselineRecord(
              probes,
              requests,
              live,
              results,
              logs,
              ledger.indexes(PlannedObjects.tables(place.bundle(), place.plan())));
      ledger.writeBaseline(
          place.work(),
          place.order().work().change(),
          running,
          Json.canonical(record),
          fingerprint,
          wayBack());
      attach("baseline_metrics.txt", text(record));
      attach("baseline_plans.txt", plans.toString());
      return result(live, fingerprint, ledger.connected().databaseSize());
    } catch (SQLException e) {
      throw SqlFailures.of("measuring before the change", place.target(), e);
    }
  }

  /** Read now, because a way back does not read the bundle. */
  private DeclaredWayBack wayBack() {
    EnvironmentPlan plan = place.plan();
    List<String> keeps =
        plan.sections().stream().filter(s -> s.rules().keep()).map(Section::name).toList();
    List<String> forwardOnly =
        plan.sections().stream()
            .filter(section -> !SectionUnits.takesBack(place.bundle(), section))
            .map(Section::name)
            .filter(section -> !keeps.contains(section))
            .toList();
    return new DeclaredWayBack(
        plan.leaves(), keeps, forwardOnly, plan.forwardOnly().orElse("it has no way back"));
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
            open.isEmpty()
                ? Counted.of(probes.size(), "probe") + " measured"
                : String.join("; ", open),
            new Evidence.Figures(
                probes.values().stream().map(ProbeBaseline::figure).toList(),
                live,
                fingerprint.digest(),
                size,
                checks))
        .with(attachments);
  }

  private void measure(Probe probe) throws SQLException {
    running.beat("measures " + probe.name());
    ProbeRunner runner = place.probes();
    try {
      Map<String, String> values = runner.parameters(probe);
      Measured measured = runner.measure(probe, values);
      ProbeFigure figure = ProbeFigures.of(probe.name(), measured);
      probes.put(
          probe.name(),
          new ProbeBaseline(figure, values, probe.noise().toNanos() / 1e9, probe.core()));
      plans.append(probe.name()).append('\n').append(measured.planText()).append('\n');
    } catch (UnmeasuredException e) {
      unmeasured.add("probe " + e.text());
    } catch (SQLException e) {
      if (SqlFailures.isConnection(e)) {
        throw e;
      }
      unmeasured.add("probe " + probe.name() + " failed: " + SqlFailures.text(e));
    }
  }

  private void look(Check check) {
    running.beat("checks " + check.name());
    if (check.source() instanceof Check.Http http && place.bundle().change().times(check)) {
      time(check.name(), http.url());
    }
    boolean before = check.when().contains(Moment.BEFORE);
    if (!before && !check.unchanged()) {
      return;
    }
    CheckRunner.Found found =
        place
            .checks()
            .make(
                check,
                // Compared with itself: there is nothing before the baseline.
                Optional.empty(),
                mark(check));
    results.put(check.name(), found.digest());
    if (before && !check.unchanged()) {
      checks.add(new Item(check.name(), found.verdict(), found.sentence()));
    }
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
    for (Check check : place.bundle().change().checks()) {
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
    Map<String, List<Double>> readings = new LinkedHashMap<>();
    for (int i = 0; i < LIVE_READINGS; i++) {
      LiveFigures.read(place.target(), Map.of())
          .readings()
          .forEach(
              (metric, reading) -> {
                if (reading instanceof Reading.Figure figure) {
                  readings.computeIfAbsent(metric, m -> new ArrayList<>()).add(figure.value());
                }
              });
    }
    Map<String, Double> live = new LinkedHashMap<>();
    readings.forEach((metric, values) -> live.put(metric, Timings.p50(values)));
    return live;
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
    place
        .bundle()
        .change()
        .probes()
        .forEach(
            probe ->
                record
                    .probe(probe.name())
                    .ifPresent(
                        measured ->
                            text.append(probe.name())
                                .append(": p50 ")
                                .append(Quantity.print(measured.figure().p50(), Dimension.TIME))
                                .append(", p95 ")
                                .append(Quantity.print(measured.figure().p95(), Dimension.TIME))
                                .append(", rows ")
                                .append(measured.figure().rows())
                                .append('\n')));
    return text.toString();
  }
}
