package io.lockkeeper.deploy.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.deploy.fixture.InMemory;
import io.lockkeeper.deploy.matrix.Cell.Result;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * Cells of the kill matrix: each kind of unit, each moment and each fault at least once. All of
 * them are in {@code deploy/benchmarks/kill-matrix}.
 */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@Order(1)
class KillMatrixTest {
  private static final int LANES = 4;

  /** Those that wait longest come first. */
  private static final List<Cell> SAMPLE =
      List.of(
          new Cell(Kind.CONCURRENT_BUILD, Moment.MID_STATEMENT, Fault.FREEZE, false),
          new Cell(Kind.ALTER, Moment.AFTER_CHECK, Fault.KILL, true),
          new Cell(Kind.UNIQUE_WITH_DUPLICATES, Moment.MID_STATEMENT, Fault.KILL, false),
          new Cell(Kind.VACUUM, Moment.AFTER_STATEMENT, Fault.KILL, true),
          new Cell(Kind.CONCURRENT_BUILD, Moment.AFTER_STATEMENT, Fault.CONNECTION_CUT, true),
          new Cell(Kind.CONCURRENT_BUILD, Moment.AFTER_CHECK, Fault.ANSWER_LOST, true),
          new Cell(Kind.CONCURRENT_DROP, Moment.AFTER_STATEMENT, Fault.CONNECTION_CUT, false),
          new Cell(Kind.UNIQUE_WITH_DUPLICATES, Moment.AFTER_CHECK, Fault.CONNECTION_CUT, false),
          new Cell(Kind.ALTER, Moment.AFTER_CHECK, Fault.ANSWER_LOST, true),
          new Cell(Kind.DATA_BATCH, Moment.MID_STATEMENT, Fault.CONNECTION_CUT, false),
          new Cell(Kind.MATERIALIZED_VIEW, Moment.MID_STATEMENT, Fault.BACKEND_ENDED, false),
          new Cell(Kind.REINDEX, Moment.MID_STATEMENT, Fault.BACKEND_ENDED, false),
          new Cell(Kind.FUNCTION_AND_POLICY, Moment.AFTER_STATEMENT, Fault.CONNECTION_CUT, false),
          new Cell(Kind.VACUUM, Moment.AFTER_INTENT, Fault.BACKEND_ENDED, false));

  @TempDir(factory = InMemory.class)
  private Path folder;

  @Test
  void eachUnit_underEachFault_completesOnceAndLeavesNothing() {
    List<Result> results = KillMatrix.run(folder, SAMPLE, LANES, told -> {});

    assertThat(results).hasSameSizeAs(SAMPLE).allMatch(result -> result.wrong().isEmpty());
  }
}
