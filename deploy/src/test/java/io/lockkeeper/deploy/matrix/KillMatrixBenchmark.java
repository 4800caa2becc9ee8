package io.lockkeeper.deploy.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.deploy.matrix.Cell.Result;
import io.lockkeeper.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** All cells. {@code deploy/benchmarks/kill-matrix} runs it. */
@EnabledIfSystemProperty(named = "lockkeeper.benchmark", matches = ".+")
class KillMatrixBenchmark {
  private static final double AGAIN_LIMIT = 12;
  private static final int CELLS = 150;

  @TempDir private Path folder;

  @Test
  void allCells() {
    List<Cell> cells = new ArrayList<>(KillMatrix.all());
    String kinds = System.getProperty("lockkeeper.kinds", "");
    if (!kinds.isEmpty()) {
      Set<String> wanted = Arrays.stream(kinds.split(",")).collect(Collectors.toSet());
      cells.removeIf(cell -> !wanted.contains(cell.kind().words()));
    }
    Collections.shuffle(cells, new Random(Long.getLong("lockkeeper.seed", 1L)));

    List<Result> results =
        KillMatrix.run(
            folder, cells, Integer.getInteger("lockkeeper.lanes", 6), KillMatrixBenchmark::write);

    assertThat(results).hasSameSizeAs(cells).allMatch(result -> result.wrong().isEmpty());
    assertThat(again(results)).isLessThanOrEqualTo(AGAIN_LIMIT);
    if (kinds.isEmpty()) {
      assertThat(results).hasSizeGreaterThanOrEqualTo(CELLS);
    }
  }

  private static void write(List<Result> results) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("cells", results.size());
    figures.put("green", results.stream().filter(r -> r.wrong().isEmpty()).count());
    figures.put("death_to_next_attempt_p50_seconds", again(results));
    figures.put("death_to_next_attempt_limit_seconds", AGAIN_LIMIT);
    figures.put("table", table(results));
    figures.put("results", results.stream().map(Result::figures).toList());
    try {
      Files.writeString(Path.of(System.getProperty("lockkeeper.benchmark")), Json.text(figures));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Green of all, by unit and fault. */
  private static Map<String, Map<String, String>> table(List<Result> results) {
    Map<String, Map<String, String>> table = new LinkedHashMap<>();
    for (Kind kind : Kind.values()) {
      if (results.stream().noneMatch(r -> r.cell().kind() == kind)) {
        continue;
      }
      Map<String, String> row = new LinkedHashMap<>();
      for (Fault fault : Fault.values()) {
        List<Result> these =
            results.stream()
                .filter(r -> r.cell().kind() == kind && r.cell().fault() == fault)
                .toList();
        long green = these.stream().filter(r -> r.wrong().isEmpty()).count();
        row.put(fault.name().toLowerCase(java.util.Locale.ROOT), green + "/" + these.size());
      }
      table.put(kind.words(), row);
    }
    return table;
  }

  /** The median where a worker died or froze: other faults are noticed at once. */
  private static double again(List<Result> results) {
    double[] seconds =
        results.stream()
            .filter(r -> r.cell().fault() == Fault.KILL || r.cell().fault() == Fault.FREEZE)
            .filter(r -> r.again().isPresent())
            .mapToDouble(r -> r.again().getAsDouble())
            .sorted()
            .toArray();
    return seconds.length == 0 ? 0 : Math.round(seconds[seconds.length / 2] * 100) / 100.0;
  }
}
