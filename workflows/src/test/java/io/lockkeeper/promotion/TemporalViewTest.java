package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activity.Payloads;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.SkippedClock;
import io.lockkeeper.journal.Status;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.sdk.v1.WorkflowMetadata;
import io.temporal.client.WorkflowExecutionDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a person sees in the Temporal UI, at an open gate. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TemporalViewTest {
  private final SkippedClock clock =
      SkippedClock.of(Bundles.of(Bundles.FLIGHT.replace("soak: 24h", "soak: 1h")));

  @BeforeAll
  void openTheGate() {
    clock.start().until(state -> state.status() == Status.AWAITING_SIGN_OFF);
    clock.signOff("dba", "boris");
  }

  @AfterAll
  void close() {
    clock.close();
  }

  @Test
  void searchAttributes_sayWhichChangeWhereItStandsAndWhoIsAwaited() {
    var attributes = clock.promotion().describe().getTypedSearchAttributes();

    assertThat(attributes.get(SearchAttributes.CHANGE)).isEqualTo("nine-indexes");
    assertThat(attributes.get(SearchAttributes.REQUESTED_BY)).isEqualTo("ana");
    assertThat(attributes.get(SearchAttributes.ENVIRONMENT)).isEqualTo("production");
    assertThat(attributes.get(SearchAttributes.STAGE)).isEqualTo("production-sign-off");
    assertThat(attributes.get(SearchAttributes.STATUS)).isEqualTo("AWAITING_SIGN_OFF");
    assertThat(attributes.get(SearchAttributes.AWAITING)).isEqualTo("operations-lead");
  }

  @Test
  void memoAndSummary_sayWhyAndByWhom() {
    WorkflowExecutionDescription description = clock.promotion().describe();

    assertThat(description.getMemo("reason", String.class)).isEqualTo("for a test");
    assertThat(description.getMemo("change", String.class)).isEqualTo(clock.state().changeHash());
    assertThat(description.getStaticSummary()).isEqualTo("nine-indexes, asked for by ana");
  }

  @Test
  void currentDetails_areOneSentenceTheStagesAndWhatIsAllowed() {
    WorkflowMetadata metadata =
        clock.promotion().query("__temporal_workflow_metadata", WorkflowMetadata.class);

    assertThat(metadata.getCurrentDetails())
        .isEqualTo(
            """
            **AWAITING_SIGN_OFF**: production-sign-off: waiting for operations-lead

            - ● dev PASS
            - ● staging PASS
            - ● staging-soak PASS
            - ◉ production-sign-off
            - ○ production
            - ○ production-watch-2h
            - ○ production-watch-24h

            allowed now: signOff, pause, extend, abort, rollback""");
  }

  @Test
  void everyActivityAndTimer_saysInWordsWhatItIsFor() {
    List<String> summaries = new ArrayList<>();
    List<HistoryEvent> events = new ArrayList<>(clock.history().getEvents());
    events.addAll(clock.history("staging-soak").getEvents());
    for (HistoryEvent event : events) {
      if (event.hasActivityTaskScheduledEventAttributes()
          || event.hasTimerStartedEventAttributes()) {
        summaries.add(summary(event));
      }
    }

    assertThat(summaries).allSatisfy(summary -> assertThat(summary).isNotBlank());
    assertThat(summaries).allSatisfy(summary -> assertThat(summary.length()).isLessThan(161));
    assertThat(summaries)
        .contains(
            "dev: rehearse section 10_stocks",
            "staging: apply section 20_positions",
            "sign-off of dba, operations-lead is awaited for 3d")
        .anySatisfy(summary -> assertThat(summary).matches("sample staging until 2026-11-20T.*Z"))
        .contains("journal 1 event", "journal 2 events")
        .anySatisfy(
            summary ->
                assertThat(summary).matches("staging-soak: last call for samples, 15m[0-9]+s"));
    assertThat(clock.observer("staging-soak").describe().getStaticSummary())
        .isEqualTo("staging-soak for 1h");
  }

  private static String summary(HistoryEvent event) {
    return Optional.of(event.getUserMetadata())
        .filter(metadata -> metadata.hasSummary())
        .map(
            metadata ->
                Payloads.converter().fromPayload(metadata.getSummary(), String.class, String.class))
        .orElse("");
  }
}
