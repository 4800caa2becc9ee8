package io.lockkeeper.activities.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.backup.Mutations.Outcome;
import io.lockkeeper.activities.backup.Mutations.Spoiling;
import io.lockkeeper.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Backups that are spoilt, half of them with a manifest that was made anew to fit: none is
 * accepted. {@code deploy/benchmarks/backup-mutations} runs it.
 */
@EnabledIfSystemProperty(named = "lockkeeper.benchmark", matches = ".+")
class BackupMutationsBenchmark {
  @TempDir private Path directory = Path.of("");

  @Test
  @Timeout(3600)
  void spoiltBackups_areNeverAccepted() throws IOException, SQLException {
    int count = Integer.getInteger("lockkeeper.count", 500);
    long seed = Long.getLong("lockkeeper.seed", 1L);
    List<Outcome> outcomes = new ArrayList<>();
    int whole = 0;
    int wholeAccepted = 0;

    try (Mutations mutations = new Mutations(seed, directory)) {
      for (int i = 0; i < count; i++) {
        Spoiling spoiling = Spoiling.values()[i / 2 % Spoiling.values().length];
        outcomes.add(mutations.spoil(spoiling, i % 2 == 1));
        if (i % 25 == 0) {
          whole++;
          wholeAccepted += mutations.acceptsTheWhole(whole) ? 1 : 0;
        }
      }
    }

    Files.write(
        Path.of(System.getProperty("lockkeeper.benchmark")),
        Json.canonical(figures(outcomes, whole, wholeAccepted)));
    assertThat(outcomes).hasSize(count).noneMatch(Outcome::accepted);
    assertThat(wholeAccepted).as("whole ones that were accepted").isEqualTo(whole);
    assertThat(outcomes)
        .filteredOn(Outcome::fitting)
        .extracting(Outcome::by)
        .containsOnly("ledger");
  }

  private static Map<String, Object> figures(List<Outcome> outcomes, int whole, int accepted) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("mutated", outcomes.size());
    figures.put("with_fitting_manifest", outcomes.stream().filter(Outcome::fitting).count());
    figures.put("accepted", outcomes.stream().filter(Outcome::accepted).count());
    figures.put("whole", whole);
    figures.put("whole_accepted", accepted);
    for (Spoiling spoiling : Spoiling.values()) {
      List<Outcome> of = outcomes.stream().filter(o -> o.spoiling() == spoiling).toList();
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("mutated", of.size());
      one.put("refused_by", counted(of.stream().filter(o -> !o.fitting()).toList(), Outcome::by));
      one.put(
          "fitting_refused_by",
          counted(of.stream().filter(Outcome::fitting).toList(), Outcome::by));
      one.put(
          "fitting_without_ledger_refused_by",
          counted(of.stream().filter(Outcome::fitting).toList(), Outcome::blind));
      figures.put(spoiling.name().toLowerCase(Locale.ROOT), one);
    }
    return figures;
  }

  private static Map<String, Long> counted(List<Outcome> of, Function<Outcome, String> by) {
    return of.stream().collect(Collectors.groupingBy(by, TreeMap::new, Collectors.counting()));
  }
}
