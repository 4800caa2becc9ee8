package io.lockkeeper.activities.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.change.GuardRule;
import io.lockkeeper.change.GuardRule.Then;
import io.lockkeeper.change.SectionRules;
import io.lockkeeper.change.SectionRules.Existing;
import io.lockkeeper.change.SectionRules.Resume;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Reading;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SectionGuardTest {
  private static final long NOW = 1_000_000;

  private static SectionGuard guard(String limit, Then then) {
    return new SectionGuard(
        new SectionRules(
            List.of(new GuardRule(Limit.parse(limit), then)),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Duration.ZERO,
            false,
            Existing.STOP,
            false,
            Resume.AUTO,
            Optional.empty()));
  }

  private static Map<String, Reading> waiting(double sessions) {
    return Map.of("locks.waiting", new Reading.Figure(sessions));
  }

  @Test
  @Tag("T25")
  void limitThatWeDidNotCause_pausesAfterTheUnit() {
    SectionGuard guard = guard("locks.waiting <= 10", Then.BY_CAUSE);

    assertThat(guard.sample(NOW, waiting(10), false)).isEmpty();
    assertThat(guard.pausing()).isEmpty();
    assertThat(guard.sample(NOW + 5_000, waiting(11), false)).isEmpty();

    assertThat(guard.pausing()).containsExactly("locks.waiting 11, limit <= 10");
    assertThat(guard.evidence().notes()).containsExactly("locks.waiting 11, limit <= 10");
  }

  @Test
  void limitThatWeCaused_cancelsOurStatement() {
    SectionGuard guard = guard("locks.waiting <= 10", Then.BY_CAUSE);

    assertThat(guard.sample(NOW, waiting(11), true))
        .contains(Cancellation.causedWait("locks.waiting 11, limit <= 10"));
    assertThat(guard.pausing()).isEmpty();
  }

  @Test
  void thenCancel_cancelsWhoeverCausedIt_andNothingMoreBegins() {
    SectionGuard guard = guard("locks.waiting <= 10", Then.CANCEL);

    assertThat(guard.sample(NOW, waiting(11), false))
        .contains(Cancellation.guard("locks.waiting 11, limit <= 10"));
    assertThat(guard.pausing()).containsExactly("locks.waiting 11, limit <= 10");
  }

  @Test
  void thenPause_neverCancels() {
    SectionGuard guard = guard("locks.caused_wait < 500ms", Then.PAUSE);

    assertThat(guard.ours(1, 2)).isEmpty();
    assertThat(guard.pausing()).containsExactly("locks.caused_wait 2 s, limit < 500 ms");
  }

  @Test
  void thenNote_isEvidenceAlone() {
    SectionGuard guard = guard("locks.waiting <= 10", Then.NOTE);

    assertThat(guard.sample(NOW, waiting(11), true)).isEmpty();
    assertThat(guard.pausing()).isEmpty();
    assertThat(guard.evidence().notes()).containsExactly("locks.waiting 11, limit <= 10");
  }

  @Test
  void limitWithATime_mustBeCrossedForSoLong() {
    SectionGuard guard = guard("locks.waiting <= 10 for 10s", Then.CANCEL);

    assertThat(guard.sample(NOW, waiting(11), false)).isEmpty();
    assertThat(guard.sample(NOW + 5_000, waiting(9), false)).isEmpty();
    assertThat(guard.sample(NOW + 10_000, waiting(11), false)).isEmpty();
    assertThat(guard.sample(NOW + 19_999, waiting(11), false)).isEmpty();
    assertThat(guard.sample(NOW + 20_000, waiting(11), false)).isPresent();
  }

  @Test
  void waitsBehindUs_areJudgedAtOnce() {
    SectionGuard guard = new SectionGuard(SectionRules.USUAL);

    assertThat(guard.ours(2, 0.499)).isEmpty();
    assertThat(guard.ours(1, 0.5))
        .contains(Cancellation.causedWait("locks.caused_wait 500 ms, limit < 500 ms"));
    assertThat(guard.ours(3, 0))
        .contains(Cancellation.causedWait("locks.blocked_by_us 3, limit < 3"));
  }

  @Test
  @Tag("C12")
  void replicationWithoutAReplica_crossesNothingAndSaysSo() {
    SectionGuard guard = guard("replication.lag < 10s", Then.CANCEL);

    assertThat(
            guard.sample(
                NOW,
                Map.of("replication.lag", new Reading.NotApplicable("no standby is connected")),
                false))
        .isEmpty();

    assertThat(guard.evidence().notes())
        .containsExactly("replication.lag does not apply: no standby is connected");
    assertThat(guard.evidence().highest()).isEmpty();
  }

  @Test
  void figureThatIsMissing_isToldAndCrossesNothing() {
    SectionGuard guard = guard("sessions.active < 30", Then.PAUSE);

    assertThat(guard.sample(NOW, Map.of(), false)).isEmpty();

    assertThat(guard.pausing()).isEmpty();
    assertThat(guard.evidence().notes())
        .containsExactly("sessions.active was not measured: it is not read here");
  }

  @Test
  @Tag("T12")
  void looksBetweenSamples_areFoldedToTheHighest() {
    SectionGuard guard = new SectionGuard(SectionRules.USUAL);
    guard.ours(1, 0.2);
    guard.ours(0, 0);
    guard.sample(NOW, waiting(3), false);
    guard.ours(0, 0);
    guard.sample(NOW + 5_000, waiting(1), false);

    assertThat(guard.series().points().get("locks.blocked_by_us"))
        .containsExactly(new double[] {NOW, 1}, new double[] {NOW + 5_000, 0});
    assertThat(guard.series().points().get("locks.waiting"))
        .containsExactly(new double[] {NOW, 3}, new double[] {NOW + 5_000, 1});
    assertThat(guard.evidence().highest())
        .isEqualTo(
            Map.of("locks.waiting", 3.0, "locks.blocked_by_us", 1.0, "locks.caused_wait", 0.2));
  }
}
