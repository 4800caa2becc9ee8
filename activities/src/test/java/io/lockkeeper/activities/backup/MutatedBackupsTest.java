package io.lockkeeper.activities.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lockkeeper.activities.backup.Mutations.Outcome;
import io.lockkeeper.activities.backup.Mutations.Spoiling;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** A sample of what {@code deploy/benchmarks/backup-mutations} does with 500. */
class MutatedBackupsTest {
  private static final int ROUNDS = 3;

  @TempDir private Path directory = Path.of("");

  @BeforeEach
  void needsPgDump() {
    assumeThat(ClientTool.majorVersion("pg_dump")).isPresent();
  }

  @Test
  void spoiltBackup_isNeverAccepted_whateverItsManifestSays(TestReporter reporter)
      throws IOException, SQLException {
    long seed = Long.getLong("lockkeeper.seed", System.nanoTime());
    reporter.publishEntry("seed", Long.toString(seed));
    List<Outcome> outcomes = new ArrayList<>();

    try (Mutations mutations = new Mutations(seed, directory)) {
      for (int i = 0; i < ROUNDS; i++) {
        assertThat(mutations.acceptsTheWhole(i)).as("the whole one, seed " + seed).isTrue();
        for (Spoiling spoiling : Spoiling.values()) {
          outcomes.add(mutations.spoil(spoiling, false));
          outcomes.add(mutations.spoil(spoiling, true));
        }
      }
    }

    assertThat(outcomes).hasSize(30).as("seed " + seed).noneMatch(Outcome::accepted);
    // With a fitting manifest only the ledger tells; without one the bytes or the age do.
    assertThat(outcomes)
        .filteredOn(Outcome::fitting)
        .as("seed " + seed)
        .extracting(Outcome::by)
        .containsOnly("ledger");
    assertThat(outcomes)
        .filteredOn(outcome -> !outcome.fitting() && outcome.spoiling() == Spoiling.TOO_OLD)
        .extracting(Outcome::by)
        .containsOnly("age");
    assertThat(outcomes)
        .filteredOn(outcome -> outcome.fitting() && outcome.spoiling() == Spoiling.CUT)
        .as("what the bytes alone tell, seed " + seed)
        .extracting(Outcome::blind)
        .isSubsetOf("full read", "trial restore", "rows");
  }
}
