package io.lockkeeper.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.series.KeptSeries;
import io.lockkeeper.step.StatementChanges;
import io.lockkeeper.step.StatementChanges.Count;
import io.lockkeeper.step.StatementChanges.Period;
import io.lockkeeper.step.StatementChanges.StatementChange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatementsTextTest {
  private static final Instant RESET = Instant.parse("2026-11-19T00:00:00Z");
  private static final Instant BEFORE = RESET.plusSeconds(36_000);
  private static final Instant BEGAN = BEFORE.plusSeconds(60);
  private static final Instant ENDED = BEGAN.plusSeconds(7_200);

  private final Flown flown = new Flown();

  private String told(StatementChanges changes, Map<String, String> texts) {
    flown.statements = Optional.of(changes);
    String whole = ReportText.markdown(flown.report(KeptSeries.NONE.with(texts)));
    String stage = whole.substring(whole.indexOf("## " + Flown.WATCH));
    int from =
        stage.indexOf("tatement") < 0 ? 0 : stage.lastIndexOf('\n', stage.indexOf("tatement"));
    return stage.substring(from + 1, stage.indexOf("| metric | samples due"));
  }

  private static StatementChanges changes(Optional<Instant> reset, StatementChange... more) {
    return new StatementChanges(
        "",
        Optional.of(new Period(reset, BEFORE)),
        Optional.of(new Period(Optional.of(BEGAN), ENDED)),
        List.of(more),
        List.of("the statistics were reset"),
        Optional.empty());
  }

  @Test
  void statementsThatTakeMore_standBesideWhatTheyTookBefore() {
    String text =
        told(
            changes(
                Optional.of(RESET),
                new StatementChange(
                    "-42",
                    Optional.of(new Count(10_000, 20, 10_000, 5)),
                    new Count(4_000, 800, 4_000, 400_000)),
                new StatementChange("7", Optional.empty(), new Count(20, 0.5, 0, 0))),
            Map.of("-42", "SELECT * FROM stocks WHERE a = $1 || `x`", "8", "of another stage"));

    assertThat(text)
        .isEqualTo(
            """
            | statement that takes more time | time an hour | time a call | calls an hour | rows a call | blocks read a call |
            | --- | --- | --- | --- | --- | --- |
            | `SELECT * FROM stocks WHERE a = $1 \\|\\| 'x'` | 2 s → 6.67 min | 2 ms → 200 ms | 1,000 → 2,000 | 1 → 1 | 0.001 → 100 |
            | `queryid 7` | new → 250 ms | new → 25 ms | new → 10 | new → 0 | new → 0 |

            Statements of others as pg_stat_statements counts them from 2026-11-19T10:01:00Z to\
             2026-11-19T12:01:00Z, beside those from 2026-11-19T00:00:00Z to 2026-11-19T10:00:00Z\
             before the change; not those of the role under which Lockkeeper works, nor what the\
             change's probes and checks run. Literals are left out. The figures decide nothing:\
             load has other reasons too.

            - the statistics were reset

            """);
  }

  @Test
  void serverThatDoesNotTellSinceWhenItCounted_hasNoRatesBefore() {
    String text =
        told(
            changes(
                Optional.empty(),
                new StatementChange(
                    "7", Optional.of(new Count(10, 1, 0, 0)), new Count(20, 4, 0, 0))),
            Map.of());

    assertThat(text)
        .contains("| `queryid 7` | ? → 2 s | 100 ms → 200 ms | ? → 10 |")
        .contains("beside those until 2026-11-19T10:00:00Z before the change");
  }

  @Test
  void nothingThatTakesMore_isSaid() {
    assertThat(told(changes(Optional.of(RESET)), Map.of()))
        .startsWith("No statement of others takes more time than before.\n");
  }

  @Test
  void whatCannotBeCompared_isSaidWithItsReason() {
    assertThat(told(StatementChanges.untold("the extension is not installed"), Map.of()))
        .isEqualTo("Statements of others were not compared: the extension is not installed.\n\n");
  }
}
