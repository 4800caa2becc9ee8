package io.lockkeeper.api.changes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.change.Change;
import io.lockkeeper.change.ChangeReader;
import io.lockkeeper.environment.Survey;
import io.lockkeeper.environment.TargetLook;
import io.lockkeeper.environment.TargetLook.Scope;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.forecast.SectionTime;
import io.lockkeeper.plan.ChangePlan.Looked;
import io.lockkeeper.promotion.Known;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlanForecastTest {
  private static final long MB = 1_000_000;

  private static Change change() {
    TreeMap<String, byte[]> files = new TreeMap<>();
    String change = "change: one-index\nwhy: faster\nrisk: low\nthrough: [staging, production]\n";
    files.put("change.yaml", change.getBytes(UTF_8));
    files.put("sql/10_one.sql", "CREATE INDEX CONCURRENTLY one ON t (a);".getBytes(UTF_8));
    Findings findings = new Findings();
    return ChangeReader.read(files, findings)
        .orElseThrow(() -> new AssertionError(findings.all().toString()))
        .change();
  }

  private static TargetLook look(long size) {
    return new TargetLook("15.18", List.of(), Map.of(), List.of(new Scope("10_one", size, 0)));
  }

  private static Looked looked(Optional<TargetLook> look) {
    return Looked.at(
        new Survey(
            Instant.EPOCH,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            look));
  }

  private static Known measured(double seconds) {
    return new Known(
        List.of(SectionTime.none("staging", "10_one").applied(seconds).takenBack(0.4, 1)),
        List.of(new Known.Look("staging", look(100 * MB))),
        List.of(),
        List.of(),
        Map.of());
  }

  @Test
  void whatTheNewestPromotionMeasured_isForecastForTheEnvironmentsAfterIt() {
    Map<String, Looked> looked =
        Map.of(
            "staging", looked(Optional.of(look(100 * MB))),
            "production", looked(Optional.of(look(340 * MB))));

    Map<String, List<String>> lines =
        PlanForecast.lines(change(), looked, List.of(Known.NOTHING, measured(2.1), measured(99)));

    assertThat(lines)
        .containsOnly(
            Map.entry("staging", List.of()),
            Map.entry(
                "production",
                List.of(
                    "section 10_one estimated 7.14 s (2.10 s in staging × 3.4 by table size); back"
                        + " estimated 400 ms (400 ms in staging, does not grow with the tables)")));
  }

  @Test
  void environmentAtWhichNobodyCouldLook_isForecastNothing() {
    Map<String, Looked> looked =
        Map.of(
            "staging", Looked.unavailable("its worker is away"),
            "production", looked(Optional.empty()));

    assertThat(PlanForecast.lines(change(), looked, List.of(measured(2.1)))).isEmpty();
  }
}
