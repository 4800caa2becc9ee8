package io.lockkeeper.activities.sampling;

import io.lockkeeper.activities.figures.IndexFigures;
import io.lockkeeper.activities.http.HttpRequests.Answer;
import io.lockkeeper.activities.log.LogFile;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.probe.BaselineRecord;
import io.lockkeeper.activities.probe.BaselineRecord.ProbeBaseline;
import io.lockkeeper.activities.probe.CheckRunner;
import io.lockkeeper.activities.probe.Levels;
import io.lockkeeper.activities.probe.LiveFigures;
import io.lockkeeper.activities.probe.ProbeRunner;
import io.lockkeeper.activities.probe.ProbeScans;
import io.lockkeeper.activities.statements.StatementWatch;
import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.change.Change;
import io.lockkeeper.change.Check;
import io.lockkeeper.change.Check.Moment;
import io.lockkeeper.change.Probe;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.stage.StageKind;
import io.lockkeeper.step.StatementChanges;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a window samples. Whatever cannot be read becomes a missing reading with its reason,
 * never an exception and never a good figure. One thread at a time may be in {@link #live} and one
 * in {@link #round}.
 */
final class Readings {
  private static final Logger LOG = LoggerFactory.getLogger(Readings.class);

  /** Among the marks: the blob of what was counted at the stage's start. */
  private static final String STATEMENTS = "statements";

  /** In the place of a log's mark, with the reason. */
  private static final String UNKNOWN = "it is not known where the log stood at the stage's start";

  /** Among the marks: whether it was told that rounds are made less often. */
  private static final String PACE = "pace";

  private final Observed observed;
  private final WindowOrder order;
  private final Change change;
  private final BaselineRecord baseline;
  private final Map<String, Recent> recent;
  private final Map<String, String> marks;
  private final IndexFigures indexes;
  private final PlanWatch plans;

  private final List<String> wanted;

  private Readings(
      Observed observed,
      WindowOrder order,
      BaselineRecord baseline,
      List<String> touched,
      Map<String, String> marks,
      Map<String, Recent> recent) {
    this.observed = observed;
    this.order = order;
    this.change = observed.bundles().get(order.work().change()).change();
    this.baseline = baseline;
    this.marks = new ConcurrentHashMap<>(marks);
    this.recent = recent;
    this.plans = new PlanWatch(marks);
    this.indexes =
        new IndexFigures(
            touched,
            baseline.indexes().values().stream().flatMap(List::stream).toList(),
            observed.figures().indexes(observed.target()));
    this.wanted = order.plan().triggers().stream().map(t -> t.limit().metric()).distinct().toList();
  }

  /**
   * Gets ready to read: needs the bundle and the baseline.
   *
   * @param marks where counters stood at the stage's start; empty begins to count now
   * @param recent runs of the window before, which this one goes on with
   */
  static Readings of(
      Observed observed, WindowOrder order, Map<String, String> marks, Map<String, Recent> recent)
      throws SQLException {
    TargetLedger ledger = new TargetLedger(observed.target());
    Optional<byte[]> recorded = ledger.checkpoint(order.work().promotion(), "baseline");
    BaselineRecord baseline =
        recorded.map(bytes -> Json.read(bytes, BaselineRecord.class)).orElse(BaselineRecord.NONE);
    List<String> touched = ledger.wayBack(order.work().promotion()).touched();
    Readings readings = new Readings(observed, order, baseline, touched, marks, recent);
    observed.figures().beforeSamples();
    readings.markLogs();
    readings.markStatements();
    return readings;
  }

  BaselineRecord baseline() {
    return baseline;
  }

  Map<String, String> marks() {
    return Map.copyOf(marks);
  }

  /**
   * Figures that are due at every sample.
   *
   * @param look at the server, which others share
   */
  Live live(Gauge.Look look) {
    Map<String, Reading> readings = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>();
    if (look.figures().isPresent()) {
      LiveFigures.Sampled sampled = LiveFigures.of(look.figures().get(), marks);
      marks.putAll(sampled.marks());
      readings.putAll(sampled.readings());
      readings.putAll(look.recent().readings(order.start()));
      notes.addAll(sampled.notes());
    } else {
      liveMetrics().forEach(metric -> readings.put(metric, missing(look.why())));
    }
    observed.figures().sample(readings, wanted, order.plan().sample());
    return new Live(readings, notes);
  }

  /**
   * What a sample told.
   *
   * @param notes what people should know of the server
   */
  record Live(Map<String, Reading> readings, List<String> notes) {}

  /** Names that a lost sample would have given. */
  static List<String> liveMetrics() {
    return Metrics.live().stream().filter(metric -> !metric.startsWith("probe.")).toList();
  }

  /** Figures that are due at every round of probes. */
  Map<String, Reading> round(Instant now) {
    Map<String, Reading> readings = observed.figures().round(marks, order.start(), now, wanted);
    ProbeScans scans = indexes.before(observed.target());
    for (Probe probe : probes()) {
      if (probe.source() instanceof Probe.Http http) {
        request(probe.name(), http.url(), now, readings);
        compared(probe, recent("http " + probe.name()), readings);
        copy("probe." + probe.name() + ".p95", "http." + probe.name() + ".p95", readings);
      } else if (probe.source() instanceof Probe.Sql sql) {
        query(probe, sql, now, scans, readings);
      }
    }
    for (Probe probe : probes()) {
      if (probe.source() instanceof Probe.Derived source) {
        derive(probe, source, ".p50", readings);
        derive(probe, source, ".p95", readings);
      }
    }
    readings.putAll(indexes.after(marks, wanted));
    readings.putAll(Elsewhere.readings(change, order.work().environment()));
    readings.put("probe.degradation", degradation(readings));
    for (Check check : checks()) {
      if (check.source() instanceof Check.Http http && change.times(check)) {
        request(check.name(), http.url(), now, readings);
      }
      if (check.source() instanceof Check.Log log) {
        readings.put(matchesOf(check), matches(check, log));
      }
      if (check.when().contains(moment())) {
        readings.put("check." + check.name() + ".failed", failed(check, readings));
      }
    }
    return readings;
  }

  private void query(
      Probe probe, Probe.Sql source, Instant now, ProbeScans scans, Map<String, Reading> readings) {
    Recent runs = recent(probe.name());
    Optional<ProbeBaseline> before = baseline.probe(probe.name());
    String why = "its baseline was not measured";
    if (before.isPresent()) {
      try {
        ProbeRunner runner = new ProbeRunner(observed.target(), observed.requests());
        for (double seconds :
            runner.sample(source.sql(), before.get().bound(probe), ProbeRunner.ROUND, scans)) {
          runs.add(now, seconds);
        }
        why = "";
      } catch (SQLException e) {
        why = SqlFailures.text(e);
      }
    }
    runs.forget(now);
    String name = "probe." + probe.name();
    if (why.isEmpty()) {
      before.ifPresent(known -> plan(probe, source, known, scans));
      compared(probe, runs, readings);
    } else {
      readings.put(name + ".p50", missing(why));
      readings.put(name + ".p95", missing(why));
    }
  }

  /** Once a window; a look that fails is made again in the next round. */
  private void plan(Probe probe, Probe.Sql source, ProbeBaseline before, ProbeScans scans) {
    if (!plans.wants(probe.name())) {
      return;
    }
    ProbeRunner runner = new ProbeRunner(observed.target(), observed.requests());
    try {
      plans.look(
          probe.name(),
          // Another query has another plan.
          source.before().isPresent() ? Optional.empty() : before.figure().flatMap(f -> f.plan()),
          runner.plan(source.sql(), before.bound(probe), scans));
    } catch (SQLException e) {
      LOG.debug("{}: no plan of {}: {}", change.name(), probe.name(), SqlFailures.text(e));
    }
  }

  /**
   * What the rounds told that is no figure; from here on it counts as told.
   *
   * @param pace of rounds that are made less often than they should; told once a stage
   */
  List<String> told(Optional<String> pace) {
    List<String> told = new ArrayList<>(plans.take());
    marks.putAll(plans.marks());
    if (pace.isPresent() && marks.putIfAbsent(PACE, "told") == null) {
      told.add(pace.get());
    }
    return told;
  }

  private void compared(Probe probe, Recent runs, Map<String, Reading> readings) {
    List<List<Double>> before =
        baseline.probe(probe.name()).map(ProbeBaseline::asRounds).orElse(List.of());
    Compared figures =
        Compared.of(Levels.of(before), runs, order.plan().lasts(), order.plan().judged());
    readings.put("probe." + probe.name() + ".p50", figures.p50());
    readings.put("probe." + probe.name() + ".p95", figures.p95());
  }

  private static void derive(
      Probe probe, Probe.Derived source, String kind, Map<String, Reading> readings) {
    @Nullable Reading of = readings.get("probe." + source.of() + kind);
    @Nullable Reading by = readings.get("probe." + source.by() + kind);
    readings.put("probe." + probe.name() + kind, Compared.derived(source, of, by));
  }

  private List<Probe> probes() {
    return change.probes(order.work().environment());
  }

  private List<Check> checks() {
    return change.checks(order.work().environment());
  }

  /** After one that comes too late the others of the round are not sent. */
  private void request(String name, String url, Instant now, Map<String, Reading> readings) {
    Recent runs = recent("http " + name);
    String why = "no answer";
    try {
      boolean late = false;
      for (int run = 0; run < ProbeRunner.ROUND && !late; run++) {
        Answer answer = observed.requests().get(url);
        late = answer.late();
        if (answer.status() == 200) {
          runs.add(now, answer.seconds());
        } else {
          runs.failed(now);
          why = answer.problem().orElse("status " + answer.status());
        }
      }
    } catch (LockkeeperException e) {
      why = e.text();
    }
    runs.forget(now);
    readings.put("http." + name + ".p95", reading(runs.p95(), why));
    readings.put("http." + name + ".error_rate", reading(runs.errorRate(), why));
  }

  /**
   * Worst of the core probes against their baseline; what the noise hides is no degradation. One
   * that could not be measured before the change has nothing to be held against, and is left out.
   */
  private Reading degradation(Map<String, Reading> readings) {
    double worst = 0;
    boolean any = false;
    for (Probe probe : probes()) {
      if (!probe.core() || probe.isDerived()) {
        continue;
      }
      Optional<ProbeBaseline> before = baseline.probe(probe.name());
      if (before.isEmpty()) {
        return missing(probe.name() + " has no baseline");
      }
      if (before.get().figure().isEmpty()) {
        continue;
      }
      if (!(readings.get("probe." + probe.name() + ".p50") instanceof Reading.Figure figure)) {
        return missing(probe.name() + " was not measured");
      }
      any = true;
      double was = before.get().figure().get().p50();
      double slower = figure.value() - was;
      if (slower > before.get().noise() && was > 0 && !figure.accident()) {
        worst = Math.max(worst, slower / was);
      }
    }
    return any ? new Reading.Figure(worst) : new Reading.NotApplicable("there is no core probe");
  }

  /**
   * Its mark moves on with what was counted, in one text: a round repeated from it counts the same.
   */
  private Reading matches(Check check, Check.Log log) {
    try {
      LogFile file = LogFile.of(observed.environment(), log.log());
      @Nullable String known = marks.get(matchesOf(check));
      @Nullable String mark = known == null ? marks.get(formerMarkOf(log)) : known;
      if (mark == null) {
        return missing(UNKNOWN);
      }
      if (mark.startsWith(UNKNOWN)) {
        return missing(mark);
      }
      LogFile.Counted counted = file.count(mark, Pattern.compile(log.match()));
      marks.put(matchesOf(check), counted.mark());
      return new Reading.Figure(counted.matches());
    } catch (IOException e) {
      return missing("the log cannot be read: " + e.getClass().getSimpleName());
    } catch (LockkeeperException e) {
      return missing(e.text());
    }
  }

  /**
   * @param readings of the same round: what they have of a log is judged, and not read again
   */
  private Reading failed(Check check, Map<String, Reading> readings) {
    @Nullable Reading matches = readings.get(matchesOf(check));
    if (matches instanceof Reading.Missing) {
      return matches;
    }
    CheckRunner.Before before = CheckRunner.Before.of(check, baseline, Optional.empty());
    CheckRunner.Found found =
        matches != null
            ? CheckRunner.judge(check, matches, before)
            : new CheckRunner(observed.environment(), observed.target(), observed.requests())
                .make(check, before);
    return switch (found.verdict()) {
      case PASS -> new Reading.Figure(0);
      case FAIL -> new Reading.Figure(1);
      case INCONCLUSIVE, ERROR -> missing(found.sentence());
    };
  }

  /**
   * The stage begins to count here. A log that has no mark then has none for the whole stage: what
   * it held before a later one would never count, and the rest would look good.
   */
  private void markLogs() {
    boolean begins = marks.isEmpty();
    for (Check check : checks()) {
      if (check.source() instanceof Check.Log log
          && !marks.containsKey(matchesOf(check))
          && !marks.containsKey(formerMarkOf(log))) {
        marks.put(matchesOf(check), begins ? markOf(log) : UNKNOWN);
      }
    }
  }

  private String markOf(Check.Log log) {
    try {
      return LogFile.of(observed.environment(), log.log()).markOrStart();
    } catch (IOException e) {
      return UNKNOWN + ": it could not be read, " + e.getClass().getSimpleName();
    } catch (LockkeeperException e) {
      return UNKNOWN + ": " + e.code().text();
    }
  }

  private void markStatements() {
    if (marks.containsKey(STATEMENTS)) {
      return;
    }
    try {
      statements().mark().ifPresent(blob -> marks.put(STATEMENTS, blob.sha256()));
    } catch (SQLException | LockkeeperException e) {
      // They are counted from the baseline then.
      LOG.warn("{}: the statements have no mark: {}", change.name(), e.getMessage());
    }
  }

  /** Which statements of others take more time since the stage's start. */
  StatementChanges statementChanges() {
    return statements()
        .since(
            change,
            order.work().environment(),
            baseline.statements().map(BlobRef::sha256),
            Optional.ofNullable(marks.get(STATEMENTS)),
            order.plan().name() + "-statements-" + order.from().getEpochSecond() + ".json");
  }

  private StatementWatch statements() {
    return new StatementWatch(observed.target(), observed.blobs());
  }

  /** Metric, and name of the mark that it is counted from. */
  private static String matchesOf(Check check) {
    return "log." + check.name() + ".matches";
  }

  /** The mark that all checks on a log began from, in windows of earlier versions. */
  private static String formerMarkOf(Check.Log log) {
    return "log." + log.log();
  }

  private Recent recent(String name) {
    return recent.computeIfAbsent(name, n -> new Recent(order.plan().judged()));
  }

  private static void copy(String from, String to, Map<String, Reading> readings) {
    Reading reading = readings.get(from);
    if (reading != null) {
      readings.put(to, reading);
    }
  }

  private static Reading reading(Optional<Double> value, String why) {
    return value.<Reading>map(Reading.Figure::new).orElseGet(() -> missing(why));
  }

  private static Reading missing(String why) {
    return new Reading.Missing(why);
  }

  /** Names that a lost round would have given; the same as of {@link #round}. */
  List<String> roundMetrics() {
    List<String> names = new ArrayList<>();
    for (Probe probe : probes()) {
      if (probe.isHttp()) {
        names.add("http." + probe.name() + ".p95");
        names.add("http." + probe.name() + ".error_rate");
      }
      names.add("probe." + probe.name() + ".p50");
      names.add("probe." + probe.name() + ".p95");
    }
    names.add("probe.degradation");
    for (Check check : checks()) {
      if (check.source() instanceof Check.Http && change.times(check)) {
        names.add("http." + check.name() + ".p95");
        names.add("http." + check.name() + ".error_rate");
      }
      if (check.source() instanceof Check.Log) {
        names.add("log." + check.name() + ".matches");
      }
      if (check.when().contains(moment())) {
        names.add("check." + check.name() + ".failed");
      }
    }
    return names;
  }

  private Moment moment() {
    return order.plan().kind() == StageKind.SOAK ? Moment.SOAK : Moment.WATCH;
  }
}
