package io.lockkeeper.soak;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activity.Payloads;
import io.lockkeeper.activity.WorkOrder;
import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.soak.SoakResult.SoakOutcome;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.MetricSamples;
import io.lockkeeper.step.Evidence.TriggerOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SoakBoundsTest {
  private static final Instant START = Instant.parse("2026-11-20T08:00:00Z");
  private static final StagePlan.Soak PLAN =
      (StagePlan.Soak) Promotions.input(Bundles.flight()).flight().stage("staging-soak");
  private static final Trigger SLOWER =
      new Trigger(
          Limit.parse("probe.*.p95 > baseline + 20%"),
          Duration.ofMinutes(1),
          Duration.ZERO,
          Then.ROLLBACK,
          "no query may become slower");

  private static List<Entry> entries(int number) {
    return IntStream.rangeClosed(1, number)
        .mapToObj(
            i ->
                new Entry(
                    "staging-soak",
                    i,
                    START.plusSeconds(i),
                    new Event.TriggerChanged(
                        "staging-soak",
                        SLOWER.text(),
                        "probe.by_sector.p95",
                        "INCONCLUSIVE",
                        "probe.by_sector.p95 missing: the target is away since " + i)))
        .toList();
  }

  private static Stream<String> metrics(String kind, int number) {
    return IntStream.range(0, number).mapToObj(i -> kind.replace("*", "by_a_long_name_" + i));
  }

  /** A week with twenty probes, forty named indexes, and a journal that was away for hours. */
  private static SoakResult large(int entries) {
    List<MetricSamples> metrics =
        Stream.of(
                metrics("probe.*.p95", 20),
                metrics("probe.*.p50", 20),
                metrics("index.*.scans", 40),
                metrics("index.*.bloat", 40))
            .flatMap(names -> names)
            .map(
                name ->
                    new MetricSamples(
                        name,
                        10_080,
                        10_079,
                        Optional.of(0.012345678901),
                        Optional.of(0.987654321098),
                        Optional.of(0.123456789012)))
            .toList();
    List<TriggerOutcome> outcomes =
        metrics.stream()
            .filter(samples -> samples.metric().startsWith("probe."))
            .map(
                samples ->
                    new TriggerOutcome(
                        SLOWER.text(),
                        samples.metric(),
                        samples.metric().endsWith("_7.p95") ? "BREACH" : "OK",
                        samples.metric() + " within its limit",
                        Optional.of(SLOWER)))
            .toList();
    List<Attachment> series =
        IntStream.range(0, 150)
            .mapToObj(i -> "staging-soak-samples-" + (1_700_000_000 + i) + ".json")
            .map(
                name ->
                    new Attachment(
                        name, "application/json", new BlobRef(Sha256.hex(name), 123_456)))
            .toList();
    return new SoakResult(
        SoakOutcome.BREACH,
        "probe.by_a_long_name_7.p95 15 ms, limit > 12 ms",
        new Evidence.Samples(START, START.plusSeconds(1), metrics, outcomes, series),
        START.plusSeconds(2),
        entries(entries));
  }

  private static int bytes(Object value) {
    return Json.text(value).getBytes(UTF_8).length;
  }

  @Test
  void resultThatIsTooLarge_fits_andKeepsWhatTheVerdictIsMadeOf() {
    SoakResult whole = large(500);
    assertThat(bytes(whole)).isGreaterThan(3 * Payloads.MAX_BYTES);

    SoakResult fitted = SoakBounds.result(whole, PLAN);

    assertThat(bytes(fitted)).isLessThanOrEqualTo(SoakBounds.BYTES);
    assertThat(fitted.outcome()).isEqualTo(whole.outcome());
    assertThat(fitted.sentence()).isEqualTo(whole.sentence());
    assertThat(fitted.samples().triggers()).hasSameSizeAs(whole.samples().triggers());
    assertThat(fitted.samples().triggers())
        .filteredOn(outcome -> outcome.phase().equals("BREACH"))
        .singleElement()
        .isEqualTo(whole.samples().triggers().get(7));
    assertThat(fitted.samples().metrics())
        .containsAll(
            whole.samples().metrics().stream().filter(m -> PLAN.watches(m.metric())).toList());
    assertThat(fitted.unwritten()).endsWith(whole.unwritten().get(499));
    Entry first = fitted.unwritten().get(0);
    assertThat(first.sequence()).isEqualTo(501L - fitted.unwritten().size());
    assertThat(first.event())
        .isEqualTo(
            new Event.LeftOut(
                "staging-soak",
                1,
                first.sequence()
                    + " entries are left out up to here: the journal was away, and there were more"
                    + " than can be handed on"));
    assertThat(fitted.unwritten()).extracting(Entry::sequence).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void resultThatFits_isLeftAsItIs() {
    SoakResult whole = large(0);
    SoakResult small =
        new SoakResult(
            whole.outcome(),
            whole.sentence(),
            whole.samples().withoutSeries(),
            whole.deadline(),
            entries(3));

    assertThat(SoakBounds.result(small, PLAN)).isSameAs(small);
  }

  @Test
  void orderOfASoakThatContinuesAsNew_fits_andKeepsWhatItCounts() {
    SoakResult large = large(500);
    SoakOrder fresh =
        SoakOrder.fresh(
            new WorkOrder(Promotions.ID, "hash", "staging", "magnus", "staging-soak"),
            PLAN,
            START,
            START,
            START.plusSeconds(1));
    SoakOrder whole =
        new SoakOrder(
            fresh.work(),
            PLAN,
            START,
            START,
            START,
            START.plusSeconds(1),
            List.of(),
            large.samples().metrics(),
            large.samples().series(),
            fresh.marks(),
            fresh.sentences(),
            500,
            large.unwritten(),
            Optional.empty(),
            fresh.added(),
            true);

    SoakOrder fitted = SoakBounds.order(whole);

    assertThat(bytes(fitted)).isLessThanOrEqualTo(SoakBounds.BYTES);
    assertThat(fitted.metrics()).isEqualTo(whole.metrics());
    assertThat(fitted.series()).isEqualTo(whole.series());
    assertThat(fitted.written()).isEqualTo(500);
  }
}
