package io.lockkeeper.activities.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.sampling.RecordedSoak.Judging;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A few of the soaks of {@link NoiseBenchmark}, which {@code deploy/benchmarks/noise} runs by the
 * thousand: 24 hours each, on recorded noise.
 */
class NoiseTest {
  private static final int SOAKS = 10;
  private static final int PAIRS = 200;
  private static final Duration USUAL = Duration.ofMillis(1);

  /** The limits that were breached, by soaks. */
  private static Stream<Set<String>> breaches(String probe, double slower, Judging judging) {
    RecordedNoise noise = RecordedNoise.of(probe);
    return LongStream.range(0, SOAKS)
        .mapToObj(seed -> new RecordedSoak(noise, USUAL, judging, seed).breaches(slower).keySet());
  }

  @Test
  void recording_isAnHourLong() {
    assertThat(RecordedNoise.of("many_rows").rounds())
        .hasSizeGreaterThanOrEqualTo(RecordedNoise.steps(Duration.ofHours(1)))
        .allSatisfy(round -> assertThat(round).hasSize(30));
  }

  @Test
  void unchangedQuery_isNotTakenBackByItsNoise() {
    assertThat(breaches("many_rows", 1, Judging.ROUNDS)).allSatisfy(b -> assertThat(b).isEmpty());
  }

  @Test
  void queryThatIsAThirdSlower_isCaught() {
    assertThat(breaches("many_rows", 1.35, Judging.ROUNDS))
        .allSatisfy(
            b -> assertThat(b).containsExactlyInAnyOrder(RecordedSoak.P50, RecordedSoak.P95));
  }

  @Test
  void comparedRightAfter_unchangedQueriesAreSlowerAtTheFirstLookAndNotAtTheSecond() {
    assertThat(compared(1, RecordedComparison::isWorseInOneGo)).isGreaterThan(PAIRS / 10);
    assertThat(compared(1, pair -> pair.isWorseAtTheSecondLook(true))).isLessThan(PAIRS / 50);
    assertThat(compared(2, pair -> pair.isWorseAtTheSecondLook(true))).isGreaterThan(PAIRS / 2);
  }

  private static long compared(double slower, Predicate<RecordedComparison> judged) {
    RecordedNoise noise = RecordedNoise.of("many_rows");
    Random chance = new Random(1);
    return Stream.generate(() -> new RecordedComparison(noise, chance, slower))
        .limit(PAIRS)
        .filter(judged)
        .count();
  }

  /** Of a query that takes a tenth of a millisecond half as much again is below 1 ms. */
  @Test
  void differenceBelowTheProbesNoise_decidesNothing() {
    assertThat(breaches("tellers", 1.5, Judging.ROUNDS).limit(5))
        .allSatisfy(b -> assertThat(b).doesNotContain(RecordedSoak.P50));
  }

  @ParameterizedTest
  @EnumSource(
      value = Judging.class,
      names = {"FIGURE_ALONE", "EACH_RUN", "ONE_GO"})
  void judgedOtherwise_theSameNoiseTakesChangesBack(Judging judging) {
    assertThat(breaches("many_rows", 1, judging).anyMatch(b -> b.contains(RecordedSoak.P50)))
        .isTrue();
  }
}
