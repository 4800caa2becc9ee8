package io.lockkeeper.deploy.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.InMemory;
import io.lockkeeper.deploy.fixture.Parts;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL to the worker that runs engine and statements, at the moments where it could hurt. */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@Order(1)
class WorkerDiesTest {
  @TempDir(factory = InMemory.class)
  private static Path folder;

  private static Parts parts;

  private TwoIndexes two;

  @BeforeAll
  static void startParts() {
    parts = Parts.start(folder);
  }

  @AfterAll
  static void endParts() {
    if (parts != null) {
      parts.close();
    }
  }

  @BeforeEach
  void makeTable() {
    two = TwoIndexes.on(parts);
  }

  @Test
  void theWorkerInTheMiddleOfABuild_theNextOneBuildsItOnce() {
    String id =
        parts.promote(TwoIndexes.change("worker-mid-build", "dev: { rehearse: false }"), Map.of());
    two.building();

    parts.killWorker();
    parts.startWorker();
    parts.until(id, "COMPLETE");

    two.assertBuiltOnce();
    two.assertNothingLeft();
  }

  @Test
  void theWorkerBetweenStatementAndAcknowledgement_theIndexIsFoundNotBuiltAgain()
      throws SQLException {
    String id =
        parts.promote(TwoIndexes.change("worker-no-ack", "dev: { rehearse: false }"), Map.of());
    two.building();
    try (Connection connection = parts.target().connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      // The build may end, and what it did cannot be written down.
      statement.execute("LOCK TABLE lockkeeper.unit IN SHARE MODE");
      Await.until("the index is valid", two::validIndexes, list -> list.contains("idx_slow"));
      parts.killWorker();
      connection.rollback();
    }
    parts.startWorker();
    parts.until(id, "COMPLETE");

    assertThat(two.builds("idx_slow")).hasSize(1);
    assertThat(
            parts
                .target()
                .list("SELECT outcome FROM lockkeeper.unit WHERE promotion = '" + id + "'"))
        .contains("found already applied");
    two.assertBuiltOnce();
    two.assertNothingLeft();
  }

  /**
   * A superuser's session in the database from before keeps the second of the two renames waiting.
   */
  @Test
  void theWorkerInTheMiddleOfASwapBack_theRestoredOneServesAndThenTheOneFromBefore()
      throws SQLException {
    try (Restored restored = Restored.in(parts)) {
      List<String> both = restored.databases();
      CompletableFuture<Integer> answer;
      try (Connection stays = restored.before().connect()) {
        answer = CompletableFuture.supplyAsync(restored::swapBack);
        Await.until("the live one is renamed", restored::isInTheMiddle, middle -> middle);
        restored.killWorker();

        Await.until("nothing of it goes on", restored::isInTheMiddle, middle -> !middle);
        assertThat(restored.databases()).isEqualTo(both);
        assertThat(restored.target().one(Restored.INDEX)).isEqualTo("f");
        assertThat(stays.isValid(5)).isTrue();
      }

      restored.startWorker();
      assertThat(answer).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(202);
      Await.until(
          "the one from before serves", () -> restored.target().one(Restored.INDEX), "t"::equals);

      assertThat(restored.databases())
          .hasSameSizeAs(both)
          .contains("main_restoring")
          .anyMatch(name -> name.startsWith("main_restoring_restored_"));
      Await.until(
          "the journal tells of it, once",
          () ->
              parts.promotions().sentences(restored.id()).stream()
                  .filter(s -> s.contains(" is the database from before the restore again"))
                  .count(),
          Long.valueOf(1)::equals);
      assertThat(parts.promotion(restored.id()).path("carries").toString())
          .isEqualTo("[\"restoring\"]");
    }
  }
}
