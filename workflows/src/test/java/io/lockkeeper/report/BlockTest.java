package io.lockkeeper.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Event.Source;
import io.lockkeeper.journal.Status;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.step.Evidence.Item;
import io.lockkeeper.step.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BlockTest {

  @Test
  void promotionThatWentWell_givesTheDocumentsBlock() {
    Block log = new Flown().block(Template.EXECUTION_LOG);

    assertThat(log.environment()).isEqualTo("production");
    assertThat(log.words()).allMatch(Word::holds);
    assertThat(log.markdown())
        .contains(
            """
            ## Production Impact

            - User Errors: NONE DETECTED
            - Lock Contention: NONE
            - Connection Stability: STABLE
            - Performance Impact: POSITIVE (queries faster)

            STATUS: COMPLETE
            """)
        .contains(
            "| 10_stocks | 1 | 500 ms | PASS | 3 | 0 |",
            "| enough | PASS | value 2, limit >= 2 |",
            "| by_sector | 10.00 ms | 1.00 ms | 90.0 % | idx_stocks_sector | PASS |",
            "- plan: 7/11");
  }

  @Test
  void nextStepsBlock_isWholeOnceSomebodySaysThatCustomersReportedNothing() {
    Flown flown = new Flown();
    flown.later.add(new Event.CustomerReports("ana", "None"));

    Block block = flown.block(Template.CONTEXT_FOR_NEXT_STEP);

    assertThat(block.markdown())
        .isEqualTo(
            """
            NINE-INDEXES IN PRODUCTION: COMPLETE
            ================================================================================

            DEPLOYMENT RESULTS:
            - Indexes Added: 2 (target: 2+)
            - Query Performance: 10.00 ms → 1.00 ms (by_sector)
            - Index Usage: ✓ VERIFIED
            - Deployment Status: ✓ SUCCESS

            PRODUCTION IMPACT:
            - User Errors: NONE
            - Lock Contention: NONE
            - Connection Stability: STABLE
            - Customer Reports: NONE

            NEXT STEP:
            → Proceed to 08.md (more-indexes)

            ROLLBACK INFO:
            - Backup ID: production_backup_2026-11-20, taken for ticket-06-1, restored and compared at 2026-11-20T08:00:00Z
            - Option A, drop what was applied: not rehearsed by this promotion, may take 10m
            - Option B, restore the backup: 3.40 s to read, restore and compare it beside, may take 15m; asked for by dba; loses what was written since 2026-11-20T08:00:00Z
            - Not by this promotion: the promotion has ended: it is COMPLETE; push a change that undoes it

            What is not as hoped:
            - nothing
            """);
  }

  static Stream<Arguments> badNews() {
    return Stream.of(
        bad(
            "User Errors",
            "DETECTED",
            f -> f.log = new Item("app_errors", Verdict.FAIL, "matches 3")),
        bad("User Errors", "DETECTED", f -> f.errorRate = Optional.of(0.2)),
        bad("User Errors", Word.NOT_MEASURED, f -> f.errorRate = Optional.empty()),
        bad(
            "User Errors",
            Word.NOT_MEASURED,
            f -> f.log = new Item("app_errors", Verdict.INCONCLUSIVE, "cannot be read")),
        bad("User Errors", Word.NOT_MEASURED, f -> f.page = new Item("other", Verdict.PASS, "")),
        bad(
            "Lock Contention",
            "FOUND",
            f -> f.seen = Map.of("locks.waiting", 2.0, "deadlocks", 0.0)),
        bad(
            "Lock Contention",
            "FOUND",
            f -> f.seen = Map.of("locks.waiting", 0.0, "deadlocks", 1.0)),
        bad("Lock Contention", Word.NOT_MEASURED, f -> f.seen = Map.of("sessions.active", 1.0)),
        bad("Connection Stability", "UNSTABLE", f -> f.sessions = "BREACH"),
        bad("Connection Stability", Word.NOT_MEASURED, f -> f.sessions = "INCONCLUSIVE"),
        bad("Performance Impact", "NEUTRAL", f -> f.after = 0.0095),
        bad("Performance Impact", "NEUTRAL", f -> f.compared = Verdict.FAIL),
        bad("Performance Impact", Word.NOT_MEASURED, f -> f.compared = Verdict.INCONCLUSIVE),
        bad(
            "Performance Impact",
            "NEGATIVE (queries slower)",
            f -> {
              f.after = 0.02;
              f.compared = Verdict.FAIL;
            }),
        bad("Indexes Added", "1 (target: 2+)", f -> f.valid = false),
        bad(
            "Indexes Added",
            "2 (target: 2+)",
            f -> f.enough = new Item("enough", Verdict.FAIL, "value 1, limit >= 2")),
        bad("Indexes Added", "0", f -> f.status = Status.ROLLED_BACK),
        bad("Index Usage", "NOT VERIFIED", f -> f.indexes = List.of("other")),
        bad("Deployment Status", "ROLLED_BACK", f -> f.status = Status.ROLLED_BACK),
        bad("Deployment Status", "WATCHING", f -> f.status = Status.WATCHING),
        bad("Deployment Status", "COMPLETE, with findings", f -> f.valid = false),
        bad("STATUS", "ABORTED", f -> f.status = Status.ABORTED),
        bad("Customer Reports", "NOT CONFIRMED", f -> {}),
        bad(
            "Customer Reports",
            "REPORTED",
            f -> f.later.add(new Event.CustomerReports("ana", "none but two"))),
        bad(
            "Customer Reports",
            "REPORTED",
            f -> {
              f.later.add(
                  new Event.ActAccepted(
                      Action.PAUSE, "dora", "Impact: slow menus", Optional.empty(), Source.API));
              f.later.add(new Event.CustomerReports("ana", "none"));
            }));
  }

  private static Arguments bad(String subject, String word, Consumer<Flown> otherwise) {
    return Arguments.of(subject, word, otherwise);
  }

  @ParameterizedTest
  @MethodSource("badNews")
  void wordThatWasHopedFor_standsOnlyWhereItWasFound(
      String subject, String expected, Consumer<Flown> otherwise) {
    Flown flown = new Flown();
    otherwise.accept(flown);

    Word word = flown.word(subject);

    assertThat(word.word()).isEqualTo(expected);
    assertThat(word.holds()).isFalse();
    assertThat(word.because()).isNotBlank();
  }

  @Test
  void pause_standsInTheLogWithTheTimeUntilItTookEffect() {
    Flown flown = new Flown();
    flown.status = Status.WATCHING;
    flown.later.add(
        new Event.ActAccepted(Action.PAUSE, "dora", "guests call", Optional.empty(), Source.API));
    flown.later.add(new Event.Paused(Cause.PERSON, "nothing is half-applied"));

    assertThat(flown.block(Template.EXECUTION_LOG).markdown())
        .contains(
            "dora: pause, because guests call; took effect after 1.0 s:"
                + " paused: nothing is half-applied");
  }

  @Test
  void environmentThatIsNotOnTheWay_isRefused() {
    assertThatThrownBy(() -> new Flown().block(Template.EXECUTION_LOG, Optional.of("staging")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("nine-indexes-1 does not go through \"staging\", but [production]");
  }
}
