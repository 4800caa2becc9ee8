package io.lockkeeper.report;

import io.lockkeeper.journal.Chained;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Sentences;
import io.lockkeeper.journal.Status;
import io.lockkeeper.promotion.FollowUpOrder;
import io.lockkeeper.promotion.ForecastRow;
import io.lockkeeper.promotion.Known;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.promotion.StageState;
import io.lockkeeper.promotion.StepState;
import io.lockkeeper.report.Report.Applied;
import io.lockkeeper.report.Report.Line;
import io.lockkeeper.report.Report.Place;
import io.lockkeeper.report.Report.Rollback;
import io.lockkeeper.report.Report.SignOff;
import io.lockkeeper.series.KeptSeries;
import io.lockkeeper.soak.SoakOrder;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.UnitOutcome;
import io.lockkeeper.step.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Draws a report from a journal. Made anew for every report. */
public final class ReportBuilder {
  private final PromotionState state;
  private final List<Chained> journal;
  private final KeptSeries series;
  private final Map<String, Place> places = new LinkedHashMap<>();
  private final Map<String, Report.Comparison> comparisons = new LinkedHashMap<>();
  private final Map<String, Applied> applied = new LinkedHashMap<>();
  private final Map<String, Report.Backup> backups = new LinkedHashMap<>();
  private final Map<String, Report.Objects> objects = new LinkedHashMap<>();
  private final List<Report.Fingerprint> fingerprints = new ArrayList<>();
  private final Map<String, Report.Checks> checks = new LinkedHashMap<>();
  private final Map<String, Report.Observed> observed = new LinkedHashMap<>();
  private final Map<String, Map<String, Instant>> tightened = new HashMap<>();
  private final List<SignOff> signOffs = new ArrayList<>();
  private final List<Rollback> rollbacks = new ArrayList<>();
  private final List<Report.WayBackSeen> waysBack = new ArrayList<>();
  private final List<Line> timeline = new ArrayList<>();

  private ReportBuilder(PromotionState state, List<Chained> journal, KeptSeries series) {
    this.state = state;
    this.journal = journal;
    this.series = series;
  }

  /**
   * @param journal the whole chain, in order; never empty
   */
  public static Report build(String promotion, PromotionState state, List<Chained> journal) {
    return build(promotion, state, journal, KeptSeries.NONE);
  }

  /**
   * As {@link #build(String, PromotionState, List)}, with what the series tell.
   *
   * @param series those that are still kept
   */
  public static Report build(
      String promotion, PromotionState state, List<Chained> journal, KeptSeries series) {
    return build(promotion, state, journal, series, List.of());
  }

  /**
   * As {@link #build(String, PromotionState, List, KeptSeries)}, with what is observed now.
   *
   * @param observed as the soaks and watches themselves told before the journal was read
   */
  public static Report build(
      String promotion,
      PromotionState state,
      List<Chained> journal,
      KeptSeries series,
      List<SoakOrder> observed) {
    ReportBuilder builder = new ReportBuilder(state, journal, series);
    journal.forEach(builder::add);
    return builder.report(promotion, observed);
  }

  private Report report(String promotion, List<SoakOrder> running) {
    Event.Requested requested = (Event.Requested) journal.get(0).entry().event();
    Chained head = journal.get(journal.size() - 1);
    return new Report(
        promotion,
        state.changeName(),
        state.changeHash(),
        requested.why(),
        state.requestedBy(),
        state.reason(),
        state.status(),
        state.sentence(),
        requested.overrides().text(),
        state.startedAt(),
        state.endedAt(),
        List.copyOf(places.values()),
        state.stages().stream().map(ReportBuilder::stage).toList(),
        List.copyOf(comparisons.values()),
        List.copyOf(applied.values()),
        List.copyOf(backups.values()),
        List.copyOf(objects.values()),
        fingerprints,
        List.copyOf(checks.values()),
        observed.values().stream().map(seen -> Watched.told(seen, series)).toList(),
        signOffs,
        rollbacks,
        state.attachments(),
        state.begun(),
        timeline,
        head.place(),
        head.hash(),
        state.status() == Status.COMPLETE ? requested.next() : List.of(),
        state.known().outlooks().stream().map(this::outlook).toList(),
        waysBack,
        running.stream().filter(this::isNotOver).map(this::observing).toList());
  }

  /** It may have ended since it was asked. */
  private boolean isNotOver(SoakOrder soak) {
    Report.@Nullable Observed ended = observed.get(soak.plan().name());
    return ended == null || !ended.samples().ended().isAfter(soak.began());
  }

  private Report.Observing observing(SoakOrder soak) {
    Report.Observed seen =
        Watched.told(
            new Report.Observed(
                soak.plan().name(),
                Verdict.INCONCLUSIVE,
                "",
                tightened(soak.plan().name(), soak.seen(soak.from()))),
            series);
    return new Report.Observing(
        seen.stage(), soak.deadline(), seen.samples(), seen.judged(), seen.statements());
  }

  private Report.Outlook outlook(Known.Outlook told) {
    return new Report.Outlook(
        told.environment(),
        told.outlook().from(),
        told.verdict(),
        told.outlook().likeness(),
        ForecastRow.of(state.known(), told));
  }

  private void add(Chained link) {
    Entry entry = link.entry();
    Event event = entry.event();
    timeline.add(
        new Line(link.place(), entry.at(), entry.writer(), Sentences.of(event), link.late()));
    if (event instanceof Event.StepEnded ended) {
      ended.evidence().ifPresent(evidence -> add(ended, evidence));
      if (ended.evidence().orElse(null) instanceof Evidence.WayBackNow now) {
        waysBack.add(
            new Report.WayBackSeen(
                environment(ended), entry.at(), ended.verdict(), ended.sentence(), now));
      }
    } else if (event instanceof Event.SignedOff e) {
      signOffs.add(
          new SignOff(
              e.stage(),
              e.role(),
              e.person(),
              e.decision().name().toLowerCase(Locale.ROOT),
              e.comment(),
              e.evidenceHash(),
              entry.at()));
    } else if (event instanceof Event.RollbackStarted e) {
      rollbacks.add(
          new Rollback(
              e.environment(), e.option(), e.because(), Optional.empty(), "", List.of(), 0));
    } else if (event instanceof Event.RollbackEnded e) {
      ended(e);
    } else if (event instanceof Event.Tightened e) {
      Map<String, Instant> since = tightened.computeIfAbsent(e.stage(), s -> new HashMap<>());
      e.triggers().forEach(trigger -> since.put(trigger, entry.at()));
    }
  }

  /** With the time from which on triggers hold that a person added while it was observed. */
  private Evidence.Samples tightened(String stage, Evidence.Samples samples) {
    Map<String, Instant> since = tightened.getOrDefault(stage, Map.of());
    return samples.with(
        samples.triggers().stream()
            .map(
                outcome ->
                    Optional.ofNullable(since.get(outcome.trigger()))
                        // A soak that was begun anew holds them from its start.
                        .filter(added -> added.isAfter(samples.started()))
                        .map(outcome::since)
                        .orElse(outcome))
            .toList());
  }

  private void ended(Event.RollbackEnded ended) {
    Rollback begun = rollbacks.remove(rollbacks.size() - 1);
    rollbacks.add(
        new Rollback(
            begun.environment(),
            begun.option(),
            begun.because(),
            Optional.of(ended.verdict()),
            ended.sentence(),
            ended.left(),
            ended.seconds()));
  }

  private void add(Event.StepEnded ended, Evidence evidence) {
    String environment = environment(ended);
    String key = ended.stage() + " " + ended.step();
    if (evidence instanceof Evidence.Prechecks e) {
      place(environment, e);
      checks.put(key, new Report.Checks(environment, ended.step(), e.items()));
    } else if (evidence instanceof Evidence.Figures e) {
      places.computeIfPresent(environment, (name, place) -> sized(place, e.databaseSize()));
      if (!e.checks().isEmpty()) {
        checks.put(key, new Report.Checks(environment, ended.step(), e.checks()));
      }
    } else if (evidence instanceof Evidence.BackupTaken e) {
      backups.put(environment, new Report.Backup(environment, e));
    } else if (evidence instanceof Evidence.Units e) {
      units(environment, ended.step(), e.units());
    } else if (evidence instanceof Evidence.Objects e) {
      objects.put(environment, new Report.Objects(environment, e));
    } else if (evidence instanceof Evidence.Fingerprints e) {
      fingerprints.add(new Report.Fingerprint(environment, ended.step(), e));
    } else if (evidence instanceof Evidence.Checks e) {
      checks.put(key, new Report.Checks(environment, ended.step(), e.checks()));
    } else if (evidence instanceof Evidence.Comparisons e) {
      // Those that followed the end stand beside the environment's.
      String of =
          ended.stage().equals(FollowUpOrder.STAGE)
              ? environment + " " + ended.step()
              : environment;
      comparisons.put(of, new Report.Comparison(of, e));
    } else if (evidence instanceof Evidence.Samples e) {
      observed.put(
          ended.stage(),
          new Report.Observed(
              ended.stage(), ended.verdict(), ended.sentence(), tightened(ended.stage(), e)));
    }
  }

  private String environment(Event.StepEnded ended) {
    return state.stage(ended.stage()).map(StageState::environment).orElse(ended.stage());
  }

  private void place(String environment, Evidence.Prechecks e) {
    places.putIfAbsent(
        environment,
        new Place(
            environment, e.server(), e.database(), e.role(), e.databaseSize(), Optional.empty()));
  }

  private static Place sized(Place place, long size) {
    return new Place(
        place.environment(),
        place.server(),
        place.database(),
        place.role(),
        place.databaseSize(),
        Optional.of(size));
  }

  /** Units of applying steps, with the time of each environment beside the others'. */
  private void units(String environment, String step, List<UnitOutcome> units) {
    int dash = step.indexOf('-');
    String pass = step.substring(0, Math.max(0, dash));
    if (!pass.equals("apply") && !pass.equals("rehearse")) {
      return;
    }
    String section = step.substring(dash + 1);
    for (UnitOutcome unit : units) {
      String key = pass + " " + section + " " + unit.unit();
      Map<String, Double> seconds = new LinkedHashMap<>();
      Applied before = applied.get(key);
      if (before != null) {
        seconds.putAll(before.seconds());
      }
      seconds.merge(environment, unit.seconds(), Double::sum);
      applied.put(key, new Applied(section, unit.title(), pass, unit.digest(), seconds));
    }
  }

  private static Report.Stage stage(StageState stage) {
    return new Report.Stage(
        stage.name(),
        stage.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        stage.environment(),
        stage.verdict(),
        stage.sentence(),
        stage.startedAt(),
        stage.endedAt(),
        stage.steps().stream().map(ReportBuilder::step).toList());
  }

  private static Report.Step step(StepState step) {
    double seconds =
        step.startedAt().isPresent() && step.endedAt().isPresent()
            ? Duration.between(step.startedAt().get(), step.endedAt().get()).toMillis() / 1000.0
            : 0;
    Optional<Verdict> verdict = step.verdict();
    return new Report.Step(step.name(), step.title(), verdict, step.sentence(), seconds);
  }
}
