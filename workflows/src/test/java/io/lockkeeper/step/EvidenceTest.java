package io.lockkeeper.step;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.json.Json;
import io.lockkeeper.step.Evidence.Guarded;
import io.lockkeeper.step.Evidence.Locks;
import io.lockkeeper.step.Evidence.TriggerOutcome;
import io.lockkeeper.step.Evidence.UnitOutcome;
import io.lockkeeper.step.Evidence.Units;
import java.time.Instant;
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
  void figuresOfTheFirstVersion_areReadWithoutThoseOfTwoProbes_andWrittenAsTheyWere() {
    String written =
        "{\"checks\":[],\"database_size\":7,\"fingerprint\":\"ab\",\"kind\":\"figures\","
            + "\"live\":{\"sessions.total\":3.0},\"probes\":[]}";

    Evidence old = Json.read(written, Evidence.class);

    assertThat(old)
        .isEqualTo(
            new Evidence.Figures(
                List.of(), Map.of("sessions.total", 3.0), "ab", 7, List.of(), List.of()));
    assertThat(new String(Json.canonical(old), UTF_8)).isEqualTo(written);
  }

  @Test
  void triggerOfAnEarlierVersion_isReadWithoutTheTimeOfItsAdding_andWrittenAsItWas() {
    String written =
        "{\"metric\":\"m\",\"phase\":\"OK\",\"sentence\":\"m 1\",\"trigger\":\"m > 2\"}";

    TriggerOutcome old = Json.read(written, TriggerOutcome.class);

    assertThat(old).isEqualTo(new TriggerOutcome("m > 2", "m", "OK", "m 1"));
    assertThat(new String(Json.canonical(old), UTF_8)).isEqualTo(written);
    TriggerOutcome since = old.since(Instant.EPOCH);
    assertThat(Json.read(Json.text(since), TriggerOutcome.class)).isEqualTo(since);
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

  private static Evidence.BackupTaken backup(
      String how, Optional<Instant> verifiedAt, int tables, Optional<Double> verifySeconds) {
    return new Evidence.BackupTaken(
        "b1",
        how,
        1,
        Optional.empty(),
        2.0,
        Instant.EPOCH,
        verifiedAt,
        tables,
        1,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        verifySeconds);
  }

  /** A copy is only counted when it is verified: copying it once more takes as long as it took. */
  @Test
  void restoreOfABackup_isMeasuredWhereItWasRestoredAndNowhereElse() {
    Optional<Instant> verified = Optional.of(Instant.EPOCH);
    Optional<Double> six = Optional.of(6.0);

    assertThat(backup("pg_dump", verified, 1, six).restoreSeconds()).contains(6.0);
    assertThat(backup("template", verified, 1, six).restoreSeconds()).contains(8.0);
    assertThat(backup("command", verified, 3, six).restoreSeconds()).contains(6.0);
    assertThat(backup("command", verified, 0, six).restoreSeconds()).isEmpty();
    assertThat(backup("pg_dump", Optional.empty(), 1, six).restoreSeconds()).isEmpty();
    assertThat(backup("pg_dump", verified, 1, Optional.empty()).restoreSeconds()).isEmpty();
  }

  @Test
  void restoreOfAnEarlierVersion_isReadWithoutItsSeconds() {
    Evidence old =
        Json.read(
            """
            {"kind": "restored", "backup": "b1", "how": "pg_dump", "taken_at": "2026-11-20T00:00:00Z",
              "lost": 3.5, "tables": 1, "rows": 2, "fingerprint": true, "kept_as": "shop_before_x_1",
              "drop": "DROP DATABASE x", "old_oid": 1, "new_oid": 2}
            """,
            Evidence.class);

    assertThat(((Evidence.Restored) old).seconds()).isEmpty();
  }

  @Test
  void locksOfTwoTransactions_areTheWorseOfBoth() {
    Locks one = new Locks(Optional.of(0.5), 1, 2, 0);
    Locks other = new Locks(Optional.empty(), 3, 0, 0.25);

    assertThat(one.and(other)).isEqualTo(new Locks(Optional.of(0.5), 3, 2, 0.25));
    assertThat(other.and(other).held()).isEmpty();
  }
}
