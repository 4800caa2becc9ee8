package io.lockkeeper.api.series;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.journal.Event;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.StepKind;
import io.lockkeeper.step.Verdict;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WindowTest {
  private static final Instant START = Instant.ofEpochSecond(1_000);
  private static final Instant END = Instant.ofEpochSecond(9_000);
  private static final BlobRef BLOB = new BlobRef("0".repeat(64), 7);

  private static Event.StepEnded step(Optional<Evidence> evidence, String... files) {
    return new Event.StepEnded(
        "soak",
        "samples",
        StepKind.OBSERVE,
        1,
        Verdict.PASS,
        "",
        evidence,
        Arrays.stream(files).map(name -> new Attachment(name, "application/json", BLOB)).toList());
  }

  @Test
  void windowsOfASoak_lastUntilTheNext_andTheLastUntilItsEnd() {
    Evidence samples = new Evidence.Samples(START, END, List.of(), List.of(), List.of());
    Event.StepEnded step =
        step(Optional.of(samples), "soak-samples-5000.json", "soak-samples-1000.json");

    assertThat(Window.of(step, Optional.empty(), END))
        .containsExactly(
            new Window("soak", "soak-samples-1000.json", START, Instant.ofEpochSecond(5_000), BLOB),
            new Window("soak", "soak-samples-5000.json", Instant.ofEpochSecond(5_000), END, BLOB));
  }

  @Test
  void seriesOfAGuard_lastAsLongAsTheirStep() {
    Event.StepEnded step = step(Optional.empty(), "dev-10_a-guard.json", "dev-index_list.txt");

    assertThat(Window.of(step, Optional.of(START), END))
        .containsExactly(new Window("soak", "dev-10_a-guard.json", START, END, BLOB));
    assertThat(Window.of(step, Optional.empty(), END)).extracting(Window::from).containsOnly(END);
  }

  @Test
  void otherFiles_areNoSeries() {
    assertThat(
            Window.of(step(Optional.empty(), "a-samples-x.json", "b.txt"), Optional.empty(), END))
        .isEmpty();
  }
}
