package io.lockkeeper.activities.statements;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.step.StatementChanges.Count;
import io.lockkeeper.step.StatementChanges.Period;
import io.lockkeeper.step.StatementChanges.StatementChange;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GrowthTest {
  private static final Instant RESET = Instant.parse("2026-11-20T00:00:00Z");
  private static final Instant BASELINE = RESET.plus(Duration.ofHours(10));
  private static final Instant START = BASELINE.plus(Duration.ofHours(1));
  private static final Instant END = START.plus(Duration.ofHours(2));

  private final Map<String, Count> before = new HashMap<>();
  private final Map<String, Count> start = new HashMap<>();
  private final Map<String, Count> end = new HashMap<>();

  private static Count count(long calls, double seconds) {
    return new Count(calls, seconds, calls * 2, calls * 3);
  }

  private static StatementCounts counted(Instant at, Map<String, Count> statements) {
    return new StatementCounts(at, Optional.of(RESET), 0, true, statements);
  }

  private Growth growth() {
    return Growth.of(counted(BASELINE, before), counted(START, start), counted(END, end));
  }

  private void slower(String id, double times) {
    before.put(id, count(1_000, 1));
    start.put(id, count(1_100, 1.1));
    end.put(id, count(1_300, 1.1 + 0.2 * times));
  }

  @Test
  void slowerStatements_areTold_thatWithTheMostTimeFirst() {
    slower("little", 2);
    slower("as before", 1);
    slower("faster", 0.1);
    slower("much", 50);

    Growth growth = growth();

    assertThat(growth.more()).extracting(StatementChange::id).containsExactly("much", "little");
    StatementChange much = growth.more().get(0);
    assertThat(much.before()).contains(count(1_000, 1));
    assertThat(much.now().calls()).isEqualTo(200);
    assertThat(much.now().mean()).isCloseTo(0.05, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(much.now().rows()).isEqualTo(400);
    assertThat(much.now().blocks()).isEqualTo(600);
    assertThat(growth.before()).isEqualTo(new Period(Optional.of(RESET), BASELINE));
    assertThat(growth.now()).isEqualTo(new Period(Optional.of(START), END));
    assertThat(growth.notes()).isEmpty();
  }

  @Test
  void statementThatIsCalledMoreOften_takesMore() {
    before.put("often", count(10, 1));
    start.put("often", count(10, 1));
    end.put("often", count(1_010, 101));

    assertThat(growth().more()).extracting(StatementChange::id).containsExactly("often");
  }

  @Test
  void newStatement_hasNothingBefore() {
    end.put("new", count(5, 5));

    assertThat(growth().more())
        .containsExactly(new StatementChange("new", Optional.empty(), count(5, 5)));
  }

  @Test
  void statementThatNobodyCalledInTheStage_isNotTold() {
    before.put("old", count(5, 5));
    start.put("old", count(9, 900));
    end.put("old", count(9, 900));

    assertThat(growth().more()).isEmpty();
  }

  @Test
  void resetSinceTheStart_countsFromThere_andIsSaid() {
    slower("much", 50);
    Instant reset = START.plus(Duration.ofHours(1));

    Growth growth =
        Growth.of(
            counted(BASELINE, before),
            counted(START, start),
            new StatementCounts(
                END, Optional.of(reset), 0, true, Map.of("much", count(2_000, 80))));

    assertThat(growth.now()).isEqualTo(new Period(Optional.of(reset), END));
    assertThat(growth.more())
        .containsExactly(
            new StatementChange("much", Optional.of(count(1_000, 1)), count(2_000, 80)));
    assertThat(growth.notes())
        .containsExactly(
            "the statistics were reset at 2026-11-20T12:00:00Z: what was counted of this stage"
                + " before that is lost");
  }

  @Test
  void oneStatementThatBeganAnew_countsFromZero() {
    before.put("one", count(1_000, 1));
    start.put("one", count(1_100, 1.1));
    end.put("one", count(90, 9));

    assertThat(growth().more())
        .containsExactly(new StatementChange("one", Optional.of(count(1_000, 1)), count(90, 9)));
  }

  @Test
  void droppedStatements_areSaid() {
    Growth growth =
        Growth.of(
            counted(BASELINE, before),
            counted(START, start),
            new StatementCounts(END, Optional.of(RESET), 2, true, end));

    assertThat(growth.notes())
        .containsExactly(
            "the server dropped statements for lack of room, and counts those anew:"
                + " pg_stat_statements.max is too low for this application");
  }

  @Test
  void whereSomeAreLeftOut_anUnknownOneIsNotTakenForNew() {
    StatementCounts some = new StatementCounts(START, Optional.of(RESET), 0, false, start);
    end.put("unknown", count(5, 5));

    assertThat(Growth.of(counted(BASELINE, before), some, counted(END, end)).more()).isEmpty();
  }

  @Test
  void serverThatDoesNotTellSinceWhenItCounted_isComparedByTheCall() {
    slower("much", 50);
    slower("faster", 0.1);
    before.put("often", count(10, 1));
    end.put("often", count(1_000, 100));

    Growth growth =
        Growth.of(
            new StatementCounts(BASELINE, Optional.empty(), 0, true, before),
            new StatementCounts(START, Optional.empty(), 0, true, start),
            new StatementCounts(END, Optional.empty(), 0, true, end));

    assertThat(growth.more()).extracting(StatementChange::id).containsExactly("much");
    assertThat(growth.before()).isEqualTo(new Period(Optional.empty(), BASELINE));
  }
}
