package io.lockkeeper.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.json.Json;
import io.lockkeeper.step.Evidence.Guarded;
import io.lockkeeper.step.Evidence.Locks;
import io.lockkeeper.step.Evidence.UnitOutcome;
import io.lockkeeper.step.Evidence.Units;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EvidenceTest {
  @Test
  void unitsOfTheFirstVersion_areReadWithoutLocks() {
    Evidence old =
        Json.read(
            """
            {"kind": "units", "seconds": 1.5, "units": [{"unit": 1, "title": "vacuum t",
              "digest": "ab", "outcome": "run", "seconds": 1.25, "notices": ["n"]}]}
            """,
            Evidence.class);

    assertThat(old)
        .isEqualTo(
            new Units(
                List.of(new UnitOutcome(1, "vacuum t", "ab", "run", 1.25, List.of("n"))), 1.5));
  }

  @Test
  void unitsWithLocksAndGuard_goThroughJsonUnchanged() {
    Locks locks = new Locks(Optional.of(0.003), 2, 1, 0.02);
    Evidence units =
        new Units(
                List.of(
                    new UnitOutcome(
                        1, "alter table t", "ab", "run", 1, List.of(), Optional.of(locks))),
                2)
            .with(new Guarded(Map.of("locks.waiting", 3.0), List.of("a note")));

    assertThat(Json.read(Json.text(units), Evidence.class)).isEqualTo(units);
  }

  @Test
  void locksOfTwoTransactions_areTheWorseOfBoth() {
    Locks one = new Locks(Optional.of(0.5), 1, 2, 0);
    Locks other = new Locks(Optional.empty(), 3, 0, 0.25);

    assertThat(one.and(other)).isEqualTo(new Locks(Optional.of(0.5), 3, 2, 0.25));
    assertThat(other.and(other).held()).isEmpty();
  }
}
