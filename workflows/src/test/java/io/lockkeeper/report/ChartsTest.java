package io.lockkeeper.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activity.WorkOrder;
import io.lockkeeper.chart.Chart;
import io.lockkeeper.chart.Chart.Stretch;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.limit.TriggerState;
import io.lockkeeper.report.Report.Judged;
import io.lockkeeper.series.KeptSeries;
import io.lockkeeper.soak.SoakOrder;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChartsTest {
  private static final String SESSIONS = "sessions.total";
  private static final Instant START = Promotions.START.plusSeconds(3_600);
  private static final Instant GONE = Instant.parse("2027-12-31T00:00:00Z");

  private final Flown flown = new Flown();

  /** A figure each ten seconds. */
  private static String points(double... figures) {
    return IntStream.range(0, figures.length)
        .mapToObj(i -> "[" + at(i).toEpochMilli() + "," + figures[i] + "]")
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static Instant at(int place) {
    return START.plusSeconds(10L * place);
  }

  private static KeptSeries series(String metric, String points) {
    return series(points, metric, Map.of());
  }

  private static KeptSeries series(String points, String metric, Map<String, Instant> keptUntil) {
    KeptSeries.Collector windows = new KeptSeries.Collector();
    windows.add(Flown.WATCH, ("{\"" + metric + "\":" + points + "}").getBytes(UTF_8));
    return windows.series(keptUntil);
  }

  /** Whose first windows are gone. */
  private static KeptSeries left(double... figures) {
    return series(points(figures), SESSIONS, Map.of(Flown.WATCH, GONE));
  }

  /** What the journal knows of the whole watch. */
  private void total(double low, double high) {
    flown.totals =
        Optional.of(
            new MetricSamples(
                SESSIONS, 720, 700, Optional.of(low), Optional.of(high), Optional.of(3.0)));
  }

  private void watches(String limit, Duration sustained, Then then) {
    flown.rule =
        Optional.of(new Trigger(Limit.parse(limit), sustained, Duration.ZERO, then, "people wait"));
  }

  private Chart chart(KeptSeries series) {
    List<Charts.Named> charts = flown.charts(series);
    assertThat(charts).extracting(Charts.Named::metric).containsExactly(SESSIONS);
    assertThat(charts.get(0).file()).isEqualTo(Flown.WATCH + "-sessions.total.svg");
    return charts.get(0).chart();
  }

  private Judged judged(KeptSeries series) {
    return flown.report(series).observed().get(0).judged().get(0);
  }

  @Test
  void breachedTrigger_hasItsWorstFigure_itsTime_andWhatItDid() {
    watches("sessions.total > 8 for 20s", Duration.ofSeconds(20), Then.ROLLBACK);
    flown.sessions = "BREACH";
    KeptSeries series = series(SESSIONS, points(3, 9, 3, 9, 12, 9, 3));

    assertThat(judged(series))
        .isEqualTo(
            new Judged(
                "sessions.total > baseline + 30% for 60s",
                "people wait",
                SESSIONS,
                "BREACH",
                Optional.of(12.0),
                Optional.of(at(4)),
                "rolled back",
                "sessions.total 9"));
    assertThat(chart(series).stretches())
        .containsExactly(new Stretch(at(1), at(1), false), new Stretch(at(3), at(5), true));
    assertThat(chart(series).limits()).extracting(Chart.Line::at).containsExactly(List.of(8.0));
  }

  @Test
  void whatTheVerdictDoesNotCallABreach_isNone_howeverLongItWasCrossed() {
    watches("sessions.total > 8 for 20s", Duration.ofSeconds(20), Then.ROLLBACK);

    KeptSeries series = series(SESSIONS, points(9, 9, 9, 9));

    assertThat(chart(series).stretches()).containsExactly(new Stretch(at(0), at(3), false));
    assertThat(judged(series).did()).isEqualTo("nothing");
  }

  @Test
  void ofALimitFromBelow_theLowestIsWorst() {
    watches("sessions.total < 2 for 20s", Duration.ofSeconds(20), Then.NOTE);

    KeptSeries series = series(SESSIONS, points(9, 4, 9));

    assertThat(judged(series).worst()).contains(4.0);
    assertThat(judged(series).at()).contains(at(1));
  }

  @Test
  void figuresBeforeTheTriggersFrom_areNotItsOwn() {
    flown.rule =
        Optional.of(
            new Trigger(
                Limit.parse("sessions.total > 8"),
                Duration.ZERO,
                Duration.between(
                    flown.report(KeptSeries.NONE).observed().get(0).samples().started(), at(2)),
                Then.NOTE,
                ""));
    Flown again = new Flown();
    again.rule = flown.rule;
    KeptSeries series = series(SESSIONS, points(99, 3, 4, 3));

    assertThat(again.report(series).observed().get(0).judged().get(0).worst()).contains(4.0);
    assertThat(again.charts(series).get(0).chart().stretches()).isEmpty();
  }

  @Test
  void figuresBeforeAPersonAddedTheTrigger_areNotItsOwn() {
    Instant started = new Flown().report(KeptSeries.NONE).observed().get(0).samples().started();
    // Journaled a second later.
    flown.tightened = Optional.of(Duration.between(started, at(2)).minusSeconds(1));
    watches("sessions.total > 3", Duration.ZERO, Then.NOTE);
    KeptSeries series = series(SESSIONS, points(99, 9, 3, 4, 3));

    assertThat(judged(series).worst()).contains(4.0);
    assertThat(judged(series).at()).contains(at(3));
    Chart chart = chart(series);
    assertThat(chart.stretches()).containsExactly(new Stretch(at(3), at(3), false));
    assertThat(chart.limits())
        .extracting(Chart.Line::text)
        .containsExactly(Flown.TRIGGER + " (since " + at(2) + ")");
  }

  @Test
  void triggerAddedBeforeASoakWasBegunAnew_holdsFromItsStart() {
    flown.tightened = Optional.of(Duration.ofSeconds(-60));
    watches("sessions.total > 3", Duration.ZERO, Then.NOTE);
    KeptSeries series = series(SESSIONS, points(99, 9, 3, 4, 3));

    assertThat(judged(series).worst()).contains(99.0);
    assertThat(chart(series).limits()).extracting(Chart.Line::text).containsExactly(Flown.TRIGGER);
  }

  @Test
  void limitOfABaselineThatTheJournalDoesNotHold_isNamed_withoutALine() {
    Chart chart = chart(series(SESSIONS, points(3, 4)));

    assertThat(chart.limits())
        .containsExactly(
            new Chart.Line(
                List.of(),
                "sessions.total > baseline + 30% for 60s (of what, is not in the journal)"));
    assertThat(chart.before()).isEmpty();
    assertThat(chart.dimension()).isEqualTo(Dimension.COUNT);
  }

  @Test
  void coreProbe_isDrawnBesideWhatItWasBefore() {
    List<Charts.Named> charts =
        flown.charts(series("probe.by_sector.p50", points(0.001, 0.002, 0.001)));

    assertThat(charts).extracting(Charts.Named::metric).containsExactly("probe.by_sector.p50");
    assertThat(charts.get(0).chart().before())
        .contains(new Chart.Band(0.012, 0.015, "before the change: p50 12 ms, p95 15 ms"));
  }

  @Test
  void coreProbeOfAJournalWithoutItsBaseline_isDrawnBesideWhatItWasComparedWith() {
    flown.baseline = Optional.empty();

    List<Charts.Named> charts =
        flown.charts(series("probe.by_sector.p50", points(0.001, 0.002, 0.001)));

    assertThat(charts.get(0).chart().before())
        .contains(new Chart.Band(0.01, 0.01, "before the change: p50 10 ms, p95 10 ms"));
  }

  @Test
  void seriesThatWereRemoved_areSaid_andTheJournalsFiguresStay() {
    Report report = flown.report(new KeptSeries(Map.of(), Map.of(Flown.WATCH, GONE)));

    assertThat(flown.charts(KeptSeries.NONE)).isEmpty();
    assertThat(ReportText.markdown(report))
        .contains("Its series were kept until 2027-12-31T00:00:00Z")
        .contains("| http.page.error_rate | 720 | 720 | 0 | 0 % |");
  }

  @Test
  void worstOfARemovedWindow_isTheJournals_withoutItsTime() {
    watches("sessions.total > 8 for 20s", Duration.ofSeconds(20), Then.NOTE);
    total(1, 40);

    Judged judged = judged(left(3, 9, 3));

    assertThat(judged.worst()).contains(40.0);
    assertThat(judged.at()).isEmpty();
  }

  @Test
  void worstOfARemovedWindow_isTheLowestOfALimitFromBelow() {
    watches("sessions.total < 2 for 20s", Duration.ofSeconds(20), Then.NOTE);
    total(1, 40);

    assertThat(judged(left(3, 9, 3)).worst()).contains(1.0);
  }

  @Test
  void worstThatIsStillThere_keepsItsTime_thoughTheJournalRoundsIt() {
    watches("sessions.total > 8 for 20s", Duration.ofSeconds(20), Then.NOTE);
    total(1, 12345.68);

    Judged judged = judged(left(3, 12345.678, 3));

    assertThat(judged.worst()).contains(12345.678);
    assertThat(judged.at()).contains(at(1));
  }

  @Test
  void worstOfAnAttemptWhosePointsAreLost_isTheJournals() {
    watches("sessions.total > 8 for 20s", Duration.ofSeconds(20), Then.NOTE);
    total(1, 40);

    assertThat(judged(series(SESSIONS, points(3, 9, 3))).worst()).contains(40.0);
  }

  @Test
  void worstFromATimeOn_isNotTakenFromTheWhole_andIsSaidNotToBeKept() {
    flown.rule =
        Optional.of(
            new Trigger(
                Limit.parse("sessions.total > 8"),
                Duration.ZERO,
                Duration.ofMinutes(10),
                Then.NOTE,
                ""));
    total(1, 40);

    assertThat(judged(series(SESSIONS, points(3, 9, 3))).worst()).contains(9.0);
    assertThat(judged(left(3, 9, 3)).worst()).isEmpty();
    assertThat(ReportText.markdown(flown.report(left(3, 9, 3)))).contains("| OK | not kept |");
  }

  @Test
  void chartOfAStageWhoseFirstWindowsAreGone_beginsWhereTheSeriesDoes_andTheReportSaysSo() {
    assertThat(chart(series(SESSIONS, points(3, 9, 3))).from()).isBefore(at(0));

    assertThat(chart(left(3, 9, 3)).from()).isEqualTo(at(0));
    assertThat(ReportText.markdown(flown.report(left(3, 9, 3))))
        .contains(
            "Its series before "
                + at(0)
                + " were kept until 2027-12-31T00:00:00Z: charts begin there, and figures of before"
                + " are what the journal holds of them.\n");
  }

  /** The watch with its first window over, in which sessions.total was high. */
  private SoakOrder running(Instant began, Instant from) {
    StagePlan.Soak plan = flown.watch();
    int place = 0;
    while (!plan.triggers().get(place).limit().metric().equals(SESSIONS)) {
      place++;
    }
    SoakOrder fresh =
        SoakOrder.fresh(
            new WorkOrder(Promotions.ID, "hash", "production", "magnus", Flown.WATCH),
            plan,
            began,
            began,
            began.plus(plan.lasts()));
    return new SoakOrder(
        fresh.work(),
        plan,
        began,
        began,
        from,
        fresh.deadline(),
        from.equals(began)
            ? List.of()
            : List.of(
                new TriggerState(
                    place, SESSIONS, TriggerState.Phase.PENDING, 0, 1, 0, 9, 9, List.of())),
        from.equals(began)
            ? List.of()
            : List.of(
                new MetricSamples(
                    SESSIONS, 90, 88, Optional.of(3.0), Optional.of(9.0), Optional.of(9.0))),
        List.of(),
        Map.of(),
        Map.of(),
        0,
        List.of(),
        Optional.empty(),
        Map.of(),
        true);
  }

  @Test
  void watchThatIsNotOver_isToldSoFar_andHasNoVerdict() {
    flown.watching = true;
    KeptSeries series = series(SESSIONS, points(3, 9));
    SoakOrder running = running(START, at(90));

    Report report = flown.report(series, running);

    assertThat(report.observed()).isEmpty();
    Report.Observing watch = report.observing().get(0);
    assertThat(watch.deadline()).isEqualTo(START.plus(Duration.ofHours(2)));
    assertThat(watch.judged())
        .singleElement()
        .extracting(Judged::worst)
        .isEqualTo(Optional.of(9.0));
    assertThat(Json.tree(report).path("observing").path(0).has("verdict")).isFalse();
    List<Charts.Named> charts = flown.charts(series, running);
    assertThat(charts)
        .extracting(named -> named.chart().title())
        .containsExactly("sessions.total in " + Flown.WATCH + ", so far");
    assertThat(ReportText.markdown(report, charts))
        .contains(
            "## production-watch-2h: so far\n\nIt is observed until "
                + ReportText.at(watch.deadline())
                + " and has no verdict yet. What stands here was seen from "
                + ReportText.at(START)
                + " to "
                + ReportText.at(at(90))
                + ", in the windows that have ended; what came after is told when the next one"
                + " ends.\n")
        .contains("| PENDING | 9 |")
        .contains("(attachments/" + Flown.WATCH + "-sessions.total.svg)")
        .contains("| sessions.total | 90 | 88 | 2 | 3 | 9 | 9 |");
  }

  @Test
  void watchWithoutAWindowThatHasEnded_saysSo() {
    flown.watching = true;

    String text = ReportText.markdown(flown.report(KeptSeries.NONE, running(START, START)));

    assertThat(text)
        .contains("and has no verdict yet. What is seen is told when its first window ends.")
        .doesNotContain("| metric | samples due");
  }

  @Test
  void watchThatEndedMeanwhile_isToldByTheJournal_andOneThatIsObservedAgainBesideIt() {
    Instant ended = flown.report(KeptSeries.NONE).observed().get(0).samples().ended();
    KeptSeries series = series(SESSIONS, points(3, 9));

    assertThat(flown.report(series, running(ended.minusSeconds(60), ended)).observing()).isEmpty();

    SoakOrder again = running(ended, ended.plusSeconds(900));
    List<Charts.Named> charts = flown.charts(series, again);
    String text = ReportText.markdown(flown.report(series, again), charts);
    assertThat(charts).hasSize(1);
    assertThat(text)
        .containsOnlyOnce("](attachments/")
        .contains("## production-watch-2h: PASS", "## production-watch-2h: so far");
  }

  @Test
  void namesOfTheChange_doNotEndTheLink() {
    KeptSeries series = series("probe.by_sector.p50", points(1, 2));
    Charts.Named chart = flown.charts(series).get(0);
    Chart hostile =
        new Chart(
            "x](http://evil) <script>",
            Dimension.COUNT,
            chart.chart().from(),
            chart.chart().until(),
            chart.chart().series(),
            List.of(),
            Optional.empty(),
            List.of());

    String text =
        ReportText.markdown(
            flown.report(series),
            List.of(new Charts.Named(Flown.WATCH, "m", chart.file(), hostile)));

    assertThat(text)
        .contains("![x\\](http://evil) \\<script\\>](attachments/" + chart.file() + ")");
  }
}
