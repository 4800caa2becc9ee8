package io.lockkeeper.report;

import io.lockkeeper.change.Bundle;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.journal.Chained;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Status;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.promotion.PromotionFold;
import io.lockkeeper.promotion.PromotionInput;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.series.KeptSeries;
import io.lockkeeper.soak.SoakOrder;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.Blocks;
import io.lockkeeper.step.Evidence.Comparison;
import io.lockkeeper.step.Evidence.Guarded;
import io.lockkeeper.step.Evidence.Item;
import io.lockkeeper.step.Evidence.MetricSamples;
import io.lockkeeper.step.Evidence.ObjectState;
import io.lockkeeper.step.Evidence.ProbeFigure;
import io.lockkeeper.step.Evidence.TriggerOutcome;
import io.lockkeeper.step.Evidence.UnitOutcome;
import io.lockkeeper.step.StatementChanges;
import io.lockkeeper.step.StepKind;
import io.lockkeeper.step.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A promotion to production that went well, but for what a test makes go otherwise. */
final class Flown {
  static final Bundle BUNDLE =
      Bundles.of(
          """
          change: nine-indexes
          why: Two indexes for the screener
          risk: low
          labels: { plan: 7/11 }
          next: { more-indexes: Proceed to 08.md }
          probes:
            by_sector: { sql: SELECT * FROM stocks WHERE sector = 'Technology', uses: idx_stocks_sector }
          checks:
            page: { http: $app/page, when: [after, watch] }
            app_errors: { log: app, match: ERROR, when: [after, watch] }
            enough: { sql: SELECT 2, expect: value >= 2 }
          rollback: { A: { within: 10m }, B: { within: 15m } }
          rollback_if:
            - http.page.error_rate > 1%
            - sessions.total > baseline + 30% for 60s
          through:
            - production: { backup: verified, rehearse: false, watch: 2h }
          """);

  static final String TRIGGER = "sessions.total > baseline + 30% for 60s";
  static final String WATCH = "production-watch-2h";

  Item page = new Item("page", Verdict.PASS, "status 200, limit = 200");
  Item log = new Item("app_errors", Verdict.PASS, "matches 0, limit = 0");
  Item enough = new Item("enough", Verdict.PASS, "value 2, limit >= 2");
  Map<String, Double> seen = Map.of("locks.waiting", 0.0, "deadlocks", 0.0, "sessions.active", 3.0);
  Optional<Double> errorRate = Optional.of(0.0);
  String sessions = "OK";
  Optional<Trigger> rule = Optional.empty();
  Optional<MetricSamples> totals = Optional.empty();
  Optional<StatementChanges> statements = Optional.empty();
  Verdict compared = Verdict.PASS;
  double after = 0.001;
  List<String> indexes = List.of("idx_stocks_sector");
  Optional<Evidence> baseline = Optional.of(measured());
  Optional<Blocks> blocksBefore = Optional.of(new Blocks(12_000, 345));
  Optional<Blocks> blocksAfter = Optional.of(new Blocks(4, 0));
  boolean valid = true;
  Status status = Status.COMPLETE;
  boolean watching;
  Optional<Duration> tightened = Optional.empty();
  final List<Event> later = new ArrayList<>();

  private final PromotionInput input = Promotions.input(BUNDLE);
  private final List<Chained> chain = new ArrayList<>();
  private PromotionState state = PromotionFold.start(input.requested(), Promotions.START);
  private Instant now = Promotions.START;

  Block block(Template template) {
    return block(template, Optional.empty());
  }

  Block block(Template template, Optional<String> environment) {
    fly();
    return Block.of(template, Promotions.ID, state, chain, BUNDLE.change(), environment);
  }

  Report report(KeptSeries series) {
    fly();
    return ReportBuilder.build(Promotions.ID, state, chain, series);
  }

  /** With the watch as it tells of itself. */
  Report report(KeptSeries series, SoakOrder running) {
    fly();
    return ReportBuilder.build(Promotions.ID, state, chain, series, List.of(running));
  }

  List<Charts.Named> charts(KeptSeries series) {
    return Charts.of(report(series), chain, series);
  }

  List<Charts.Named> charts(KeptSeries series, SoakOrder running) {
    return Charts.of(report(series, running), chain, series);
  }

  StagePlan.Soak watch() {
    return (StagePlan.Soak) input.flight().stage(WATCH);
  }

  Word word(String subject) {
    Template template =
        subject.equals("STATUS") || subject.startsWith("Performance")
            ? Template.EXECUTION_LOG
            : Template.CONTEXT_FOR_NEXT_STEP;
    return block(template).words().stream()
        .filter(word -> word.subject().equals(subject))
        .findFirst()
        .orElseThrow();
  }

  private void fly() {
    if (!chain.isEmpty()) {
      return;
    }
    add(input.requested());
    add(new Event.StageStarted("production"));
    step("backup", StepKind.BACKUP, Verdict.PASS, backup());
    baseline.ifPresent(figures -> step("baseline", StepKind.BASELINE, Verdict.PASS, figures));
    section("10_stocks");
    section("20_positions");
    step("verify-objects", StepKind.VERIFY, valid ? Verdict.PASS : Verdict.FAIL, objects());
    Verdict checks = Verdict.worst(List.of(page.verdict(), log.verdict(), enough.verdict()));
    step("verify-checks", StepKind.VERIFY, checks, new Evidence.Checks(List.of(page, log, enough)));
    step("compare", StepKind.COMPARE, compared, comparisons());
    add(new Event.StageEnded("production", Verdict.PASS, "applied"));
    add(new Event.StageStarted(WATCH));
    if (watching) {
      return;
    }
    Evidence.Samples samples = samples();
    tightened.ifPresent(
        after -> {
          now = samples.started().plus(after);
          add(new Event.Tightened(WATCH, List.of(TRIGGER), "tightened"));
        });
    add(
        new Event.StepEnded(
            WATCH,
            "samples",
            StepKind.OBSERVE,
            1,
            Verdict.PASS,
            "nothing was breached",
            Optional.of(samples),
            List.of()));
    add(new Event.StageEnded(WATCH, Verdict.PASS, "nothing was breached"));
    if (status.ended()) {
      add(
          new Event.Ended(
              status,
              "it is over",
              status == Status.ROLLED_BACK ? List.of() : List.of("production")));
    }
    later.forEach(this::add);
  }

  private void add(Event event) {
    now = now.plus(Duration.ofSeconds(1));
    Entry entry = new Entry("promotion", chain.size() + 1, now, event);
    String previous = chain.isEmpty() ? Chained.START : chain.get(chain.size() - 1).hash();
    chain.add(Chained.next(Promotions.ID, chain.size() + 1, now, entry, previous));
    state = chain.size() == 1 ? state : PromotionFold.next(state, entry);
  }

  private void step(String name, StepKind kind, Verdict verdict, Evidence evidence) {
    add(new Event.StepStarted("production", name, kind, name, 1));
    add(
        new Event.StepEnded(
            "production",
            name,
            kind,
            1,
            verdict,
            name + " " + verdict,
            Optional.of(evidence),
            List.of()));
  }

  private void section(String name) {
    UnitOutcome unit = new UnitOutcome(1, "create an index", "00", "run", 0.5, List.of());
    step(
        "apply-" + name,
        StepKind.APPLY,
        Verdict.PASS,
        new Evidence.Units(List.of(unit), 0.5).with(new Guarded(seen, List.of())));
  }

  /** Of rounds: slower than the runs in one go that the comparison has. */
  private static Evidence measured() {
    return new Evidence.Figures(
        List.of(new ProbeFigure("by_sector", 50, 0.012, 0.015, 7, Optional.of("plan"), List.of())),
        Map.of(),
        "00",
        1_000_000,
        List.of(),
        List.of());
  }

  private Evidence objects() {
    return new Evidence.Objects(
        List.of(
            new ObjectState("public.idx_stocks_sector", "public.stocks", true, 8192, 30),
            new ObjectState("public.idx_positions_user", "public.positions", valid, 8192, 0)),
        List.of(),
        List.of());
  }

  private Evidence comparisons() {
    double before = 0.01;
    double improvement = (before - after) / before;
    return new Evidence.Comparisons(
        List.of(
            new Comparison(
                    "by_sector",
                    true,
                    Optional.of(before),
                    after,
                    Optional.of(before),
                    after,
                    Optional.of(7L),
                    7,
                    improvement,
                    false,
                    indexes,
                    compared,
                    "as expected",
                    Optional.of(0.0),
                    Optional.of(0.0))
                .with(blocksBefore, blocksAfter)),
        improvement,
        improvement);
  }

  private Evidence.Samples samples() {
    return new Evidence.Samples(
        now,
        now.plus(Duration.ofHours(2)),
        Stream.concat(
                Stream.of(
                    new MetricSamples(
                        "http.page.error_rate", 720, 720, errorRate, errorRate, errorRate)),
                totals.stream())
            .toList(),
        List.of(new TriggerOutcome(TRIGGER, "sessions.total", sessions, "sessions.total 9", rule)),
        List.of(),
        statements);
  }

  static Evidence backup() {
    return new Evidence.BackupTaken(
        "production_backup_2026-11-20",
        "pg_dump",
        1_000_000,
        Optional.of("0".repeat(64)),
        2,
        Promotions.START,
        Optional.of(Promotions.START),
        2,
        100,
        Optional.of("00"),
        Optional.empty(),
        Optional.empty(),
        Optional.of("ticket-06-1"),
        Optional.of(5.0),
        Optional.of(3.4));
  }
}
