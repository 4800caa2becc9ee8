package io.lockkeeper.api.reports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.series.KeptSeries;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RemovedTest {
  private static final Instant ENDED = Instant.parse("2027-12-31T00:00:00Z");

  /** Of three stages: all is there, the second half is, nothing is. */
  private static KeptSeries kept() {
    KeptSeries.Collector windows = new KeptSeries.Collector();
    windows.add("watch", "{\"m\": [[60000, 1], [70000, 2]]}".getBytes(UTF_8));
    windows.add("soak", "{\"n\": [], \"m\": [[30000, 1]]}".getBytes(UTF_8));
    return windows.series(Map.of("soak", ENDED, "dev", ENDED.minusSeconds(60)));
  }

  private static Response told(Wanted wanted) {
    Response.ResponseBuilder response = Response.ok();
    Removed.of("c-1", kept(), wanted).tell(response);
    return response.build();
  }

  @Test
  void stagesThatAreNotWhole_areNamed_andThoseThatAreGoneToo() {
    assertThat(told(new Wanted()).getStringHeaders())
        .containsOnlyKeys("Lockkeeper-Kept-From", "Lockkeeper-Expired")
        .hasEntrySatisfying(
            "Lockkeeper-Kept-From",
            stages -> assertThat(stages).containsExactly("soak 1970-01-01T00:00:30Z"))
        .hasEntrySatisfying(
            "Lockkeeper-Expired",
            stages -> assertThat(stages).containsExactly("dev 2027-12-30T23:59:00Z"));
  }

  @Test
  void stageOfWhichNothingIsLeft_isGone_howeverMuchIsLeftOfOthers() {
    assertThatThrownBy(() -> told(Wanted.ofStage("dev")))
        .isInstanceOfSatisfying(
            ProblemException.class,
            gone -> {
              assertThat(gone.problem().status()).isEqualTo(410);
              assertThat(gone.problem().code()).isEqualTo("series-expired");
              assertThat(gone.problem().detail())
                  .isEqualTo(
                      "the series of c-1 were kept until 2027-12-30T23:59:00Z: its report tells what"
                          + " the journal holds of them");
            });
  }

  @Test
  void otherStages_areOfNoConcern() {
    assertThat(told(Wanted.ofStage("watch")).getStringHeaders()).isEmpty();
    assertThat(told(Wanted.ofStage("soak")).getStringHeaders())
        .containsOnlyKeys("Lockkeeper-Kept-From");
    assertThat(told(Wanted.ofStage("never-sampled")).getStringHeaders()).isEmpty();
  }

  @Test
  void windowInWhichNothingWasMeasured_leavesNothing() {
    KeptSeries.Collector windows = new KeptSeries.Collector();
    windows.add("soak", "{\"m\": []}".getBytes(UTF_8));
    KeptSeries blind = windows.series(Map.of("soak", ENDED));

    assertThatThrownBy(() -> Removed.of("c-1", blind, new Wanted()))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("were kept until 2027-12-31T00:00:00Z");
  }
}
