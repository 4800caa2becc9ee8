package io.lockkeeper.activity;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activity.Progress.Behind;
import io.lockkeeper.activity.Progress.Counted;
import io.lockkeeper.json.Json;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private static final Blocker REPORT =
      new Blocker(
          4123,
          "app",
          "report",
          "idle in transaction",
          312.4,
          312.9,
          Optional.of("SELECT ?"),
          List.of());

  private static final Blocker ADMIN =
      new Blocker(
          4200, "dba", "psql", "active", 3, 90, Optional.of("ALTER TABLE t"), List.of(REPORT));

  private static final Blocker PREPARED =
      new Blocker(0, "app", "order-7", "prepared", 60, 60, Optional.empty(), List.of());

  @Test
  void unitThatBegins_tellsStepAndUnit() {
    assertThat(ProgressLine.of(Progress.of("create index idx_x", 2, 3).in("apply-30_indexes")))
        .isEqualTo("apply-30_indexes, unit 2 of 3, create index idx_x");
  }

  @Test
  @Tag("C23")
  void build_tellsPhaseShareAndTimeLeft() {
    Progress progress =
        Progress.of("create index idx_x", 2, 3)
            .in("apply-30_indexes")
            .locks(Optional.empty(), List.of(REPORT), 1)
            .phase(
                "building index: scanning table",
                Optional.of(41.2),
                Optional.of(new Counted("blocks", 12_300, 30_000)),
                Optional.of(19.6));

    assertThat(ProgressLine.of(progress))
        .isEqualTo(
            "apply-30_indexes, unit 2 of 3, create index idx_x: building index: scanning table,"
                + " 41 % (12,300 of 30,000 blocks), about 20 s left; waits for 1: pid 4123"
                + " \"report\" of app idle in transaction for 312 s");
  }

  @Test
  @Tag("T26")
  void blockersOfBlockers_areNamedWithoutTheirQueries() {
    Progress progress =
        Progress.of("waits for the lock of alter table t", 1, 1)
            .locks(Optional.of(new Behind(2, 0.25)), List.of(ADMIN, PREPARED), 12);

    assertThat(ProgressLine.of(progress))
        .isEqualTo(
            "unit 1 of 1, waits for the lock of alter table t; asked 12 times for its lock; waits"
                + " for 2: pid 4200 \"psql\" of dba active for 3 s, its transaction 90 s, which"
                + " waits for (pid 4123 \"report\" of app idle in transaction for 312 s); prepared"
                + " transaction \"order-7\" of app for 60 s; 2 wait for us, the longest for"
                + " 250 ms");
  }

  @Test
  void heartbeatOfAnEarlierVersion_isReadAndShown() {
    Progress old = Json.read("{\"what\":\"reads\",\"unit\":0,\"units\":0}", Progress.class);

    assertThat(old).isEqualTo(Progress.of("reads"));
    assertThat(ProgressLine.of(old)).isEqualTo("reads");
  }

  @Test
  void progress_goesThroughJsonUnchanged() {
    Progress progress =
        Progress.of("x", 1, 2)
            .locks(Optional.of(new Behind(1, 0.1)), List.of(ADMIN), 3)
            .phase(
                "scanning",
                Optional.of(1.5),
                Optional.of(new Counted("blocks", 1, 2)),
                Optional.of(9.0));

    assertThat(Json.read(Json.text(progress), Progress.class)).isEqualTo(progress);
  }
}
