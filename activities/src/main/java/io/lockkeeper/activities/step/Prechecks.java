package io.lockkeeper.activities.step;

import io.lockkeeper.activities.backup.BackupReadiness;
import io.lockkeeper.activities.backup.BackupReadiness.Finding;
import io.lockkeeper.activities.backup.Backups;
import io.lockkeeper.activities.backup.Manifest;
import io.lockkeeper.activities.figures.IndexFigures;
import io.lockkeeper.activities.postgres.Drift;
import io.lockkeeper.activities.postgres.LookAround;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.postgres.TargetLedger.Connected;
import io.lockkeeper.activities.probe.CheckRunner;
import io.lockkeeper.activities.probe.LiveFigures;
import io.lockkeeper.activities.probe.Viewer;
import io.lockkeeper.activity.StepOrder;
import io.lockkeeper.change.BackupRule;
import io.lockkeeper.change.BackupRule.How;
import io.lockkeeper.change.Check;
import io.lockkeeper.change.EnvironmentPlan;
import io.lockkeeper.change.Precheck;
import io.lockkeeper.environment.TargetLook;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.Judgement;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.LimitJudge;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.limit.SourceMetrics;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.Item;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at what must hold before anything is done, and waits a while for what may come true. */
final class Prechecks {
  private static final Logger LOG = LoggerFactory.getLogger(Prechecks.class);
  private static final String SCHEMA = "schema as approved";
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final Place place;
  private final Running running;
  private Backups.@Nullable Latest newest;

  Prechecks(Place place, Running running) {
    this.place = place;
    this.running = running;
  }

  StepResult run() {
    try {
      Connected connected = new TargetLedger(place.target()).connected();
      List<Item> items = new ArrayList<>();
      boolean mayClear = true;
      for (Precheck precheck : place.plan().precheck()) {
        Item item = settled(precheck, connected);
        items.add(item);
        mayClear &= item.verdict() == Verdict.PASS || live(precheck);
      }
      List<Item> rights = new ArrayList<>(backups(place.plan()));
      rights.addAll(roles());
      rights.addAll(MeasureStep.prechecks(place));
      for (Item item : rights) {
        items.add(item);
        mayClear &= item.verdict() == Verdict.PASS;
      }
      List<String> drift = drift();
      if (!drift.isEmpty()) {
        items.add(new Item(SCHEMA, Verdict.FAIL, Drift.sentence(drift)));
        mayClear = false;
      }
      Verdict verdict = Verdict.worst(items.stream().map(Item::verdict).toList());
      return new StepResult(
          verdict,
          drift.isEmpty() ? sentence(items, connected) : drifted(drift),
          Optional.of(
              new Evidence.Prechecks(
                  connected.version(),
                  connected.database(),
                  connected.role(),
                  connected.databaseSize(),
                  items,
                  look())),
          approves() ? List.of(seen()) : List.of(),
          verdict == Verdict.FAIL && mayClear,
          false,
          Optional.empty());
    } catch (SQLException e) {
      throw SqlFailures.of("looking at the prechecks", place.target(), e);
    }
  }

  /** Whether people are asked next: what they agree to is what was seen now. */
  private boolean approves() {
    return place.order().work().stage().equals(place.environment().name() + "-sign-off");
  }

  private Attachment seen() throws SQLException {
    byte[] seen =
        new Drift(place.target()).look(PlannedObjects.touched(place.bundle(), place.plan()));
    return new Attachment(
        place.attachment(StepOrder.SCHEMA), "application/json", place.blobs().write(seen));
  }

  /** What it is like, for a forecast; that it cannot be read hinders nothing. */
  private Optional<TargetLook> look() throws SQLException {
    try {
      return Optional.of(
          LookAround.of(
              place.target(),
              PlannedObjects.tables(place.bundle(), place.plan()),
              Reaches.of(place.bundle(), place.plan())));
    } catch (SQLException e) {
      if (SqlFailures.isConnection(e)) {
        throw e;
      }
      LOG.warn("looking around on {}: {}", place.target().title(), SqlFailures.text(e));
      return Optional.empty();
    }
  }

  /** Since people agreed. */
  private List<String> drift() throws SQLException {
    Optional<String> approved = place.order().approved();
    return approved.isPresent()
        ? new Drift(place.target()).since(place.blobs().read(approved.get()))
        : List.of();
  }

  private String drifted(List<String> drift) {
    return FailureCode.DRIFT.text()
        + ": "
        + place.target().title()
        + " is not as it was when people agreed: "
        + Drift.sentence(drift)
        + ". Nothing was done. Put it back and retry, or accept it as it is (acknowledge) and all are asked again, or abort";
  }

  /** Roles as which probes and checks look: whether they can, and whether it proves anything. */
  private List<Item> roles() throws SQLException {
    Set<String> roles = new TreeSet<>();
    place.allProbes().forEach(probe -> probe.session().as().ifPresent(roles::add));
    place.allChecks().forEach(check -> check.session().as().ifPresent(roles::add));
    List<Item> items = new ArrayList<>();
    for (String role : roles) {
      Optional<String> refused = Viewer.refused(place.target(), role);
      items.add(
          new Item(
              "as " + role,
              refused.isPresent() ? Verdict.FAIL : Verdict.PASS,
              refused.orElse("row-level security binds it")));
    }
    return items;
  }

  /** Looks until it holds or its time is up. */
  private Item settled(Precheck precheck, Connected connected) throws SQLException {
    long giveUp = System.nanoTime() + patience(precheck).toNanos();
    while (true) {
      Item item = look(precheck, connected);
      if (item.verdict() == Verdict.PASS || System.nanoTime() >= giveUp) {
        return item;
      }
      running.beat("waits: " + item.sentence());
      running.rest(LOOK);
      running.beat("looks again");
    }
  }

  /** A fact does not change by waiting. */
  private static Duration patience(Precheck precheck) {
    return live(precheck) ? precheck.waits() : Duration.ZERO;
  }

  private static boolean live(Precheck precheck) {
    return !(precheck instanceof Precheck.OfLimit limit)
        || (!limit.limit().metric().equals("postgresql")
            && !limit.limit().metric().equals("backup.age"));
  }

  private Item look(Precheck precheck, Connected connected) throws SQLException {
    if (precheck instanceof Precheck.OfCheck named) {
      Check check = place.bundle().change().check(named.check()).orElseThrow();
      CheckRunner.Found found = place.checks().make(check, Optional.empty(), Optional.empty());
      return new Item(named.check(), found.verdict(), found.sentence());
    }
    Limit limit = ((Precheck.OfLimit) precheck).limit();
    Judgement judgement =
        LimitJudge.judge(
            limit, limit.metric(), reading(limit, connected), OptionalDouble.empty(), 0);
    Verdict verdict =
        switch (judgement.truth()) {
          case YES, NOT_APPLICABLE -> Verdict.PASS;
          case NO -> Verdict.FAIL;
          case UNKNOWN, WITHIN_NOISE -> Verdict.INCONCLUSIVE;
        };
    String whose = limit.metric().equals("backup.age") ? newestBackup() : "";
    return new Item(limit.text(), verdict, judgement.sentence() + whose);
  }

  private Reading reading(Limit limit, Connected connected) throws SQLException {
    return switch (limit.metric()) {
      case "postgresql" -> new Reading.Figure(connected.number());
      case "backup.age" -> backupAge();
      default -> live(limit.metric());
    };
  }

  private Reading live(String metric) throws SQLException {
    Map<String, Reading> readings = new LinkedHashMap<>();
    if (metric.startsWith("index.")) {
      readings.putAll(indexes().bloat(place.target()));
    } else if (!SourceMetrics.is(metric)) {
      readings.putAll(LiveFigures.read(place.target(), Map.of()).readings());
    }
    place.figures().look(readings, List.of(metric));
    return readings.getOrDefault(metric, new Reading.Missing("it is not read here"));
  }

  private IndexFigures indexes() {
    List<String> tables =
        PlannedObjects.tables(place.bundle(), place.plan()).stream()
            .map(QualifiedName::sql)
            .toList();
    return new IndexFigures(tables, List.of());
  }

  /** People look for the backup by its name, and for those that do not count. */
  private String newestBackup() {
    try {
      Backups.Latest newest = newestWhole();
      return newest.accepted().map(manifest -> " (" + manifest.id() + ")").orElse("")
          + (newest.refused().isEmpty()
              ? ""
              : "; passed over: " + String.join("; ", newest.refused()));
    } catch (LockkeeperException e) {
      return "";
    }
  }

  private Reading backupAge() {
    try {
      return newestWhole()
          .accepted()
          .<Reading>map(newest -> new Reading.Figure(backups().age(newest).toMillis() / 1000.0))
          .orElseGet(() -> new Reading.Missing("there is no backup of this database"));
    } catch (LockkeeperException e) {
      return new Reading.Missing(e.text());
    }
  }

  /** Looked for once: its bytes are read. */
  private Backups.Latest newestWhole() {
    Backups.Latest known = newest;
    if (known == null) {
      known = backups().newestWhole(any -> true);
      newest = known;
    }
    return known;
  }

  /** Whether the backup that the change asks for can be had, and those that it needs are there. */
  private List<Item> backups(EnvironmentPlan plan) throws SQLException {
    List<Item> items = new ArrayList<>();
    How how = plan.backup().how();
    if (how != How.NONE) {
      List<Finding> findings = new BackupReadiness(place.target()).look(how);
      items.add(
          new Item(
              "backup",
              findings.stream().anyMatch(Finding::stops) ? Verdict.FAIL : Verdict.PASS,
              findings.isEmpty()
                  ? "tools, rights and room are there"
                  : findings.stream().map(Finding::sentence).collect(Collectors.joining("; "))));
    }
    if (plan.restoreRule().isPresent() && place.target().settings().backup().isPresent()) {
      items.add(restore(plan));
    }
    plan.requiredBackups().forEach(change -> items.add(requiredBackup(change)));
    return items;
  }

  /**
   * Whether option B can be had. Where its author wrote one it must; the one that comes with every
   * backup may lack rights, which is told.
   */
  private Item restore(EnvironmentPlan plan) throws SQLException {
    List<Finding> findings = new BackupReadiness(place.target()).lookBack();
    boolean written = plan.restore().isPresent();
    String found = findings.stream().map(Finding::sentence).collect(Collectors.joining("; "));
    return new Item(
        "option B",
        written && !findings.isEmpty() ? Verdict.FAIL : Verdict.PASS,
        findings.isEmpty()
            ? "a backup could be restored beside and swapped in"
            : written ? found : "it is NOT to be had, and nobody asked for it: " + found);
  }

  private Item requiredBackup(String change) {
    String name = change + ".backup";
    try {
      BackupRule rule =
          new BackupRule(
              How.LATEST,
              Optional.empty(),
              Optional.of(BackupRule.MAX_AGE),
              Optional.empty(),
              Optional.of(change));
      Backups.Latest newest = backups().newestWhole(rule::isFor);
      if (newest.accepted().isEmpty()) {
        return new Item(
            name,
            Verdict.FAIL,
            "there is none that is whole"
                + (newest.refused().isEmpty() ? "" : ": " + String.join("; ", newest.refused())));
      }
      Manifest manifest = newest.accepted().get();
      Duration age = backups().age(manifest);
      boolean young = age.compareTo(BackupRule.MAX_AGE) <= 0;
      return new Item(
          name,
          young && manifest.verifiedAt().isPresent() ? Verdict.PASS : Verdict.FAIL,
          manifest.id()
              + ", "
              + Durations.print(Duration.ofSeconds(age.toSeconds()))
              + " old (at most "
              + Durations.print(BackupRule.MAX_AGE)
              + "), "
              + manifest.verifiedAt().map(at -> "verified at " + at).orElse("never verified"));
    } catch (LockkeeperException e) {
      return new Item(name, Verdict.INCONCLUSIVE, e.text());
    }
  }

  private Backups backups() {
    return new Backups(place.target(), place.environment().name(), running);
  }

  private static String sentence(List<Item> items, Connected connected) {
    List<String> open =
        items.stream()
            .filter(item -> item.verdict() != Verdict.PASS)
            .map(item -> item.name() + ": " + item.sentence())
            .toList();
    return open.isEmpty()
        ? "connected to " + connected.database() + " as " + connected.role()
        : String.join("; ", open);
  }
}
