package io.lockkeeper.activities.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Soaks;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowResult;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows that count lines of one log for two checks. */
class LogWindowTest {
  private static final Instant START = Instant.parse("2026-11-20T08:00:00Z");
  private static final Bundle BUNDLE =
      Changes.of(
          """
          change: one-index
          why: An index for the screener
          risk: low
          checks:
            errors: { log: app, match: ERROR, when: [soak] }
            fatals: { log: app, match: FATAL, expect: [matches <= 1], when: [soak] }
          through: [dev]
          """,
          "sql/10_stocks.sql",
          "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);");

  @AutoClose private final Database database = Server.fresh();
  @TempDir private Path directory = Path.of("");
  private Path log = Path.of("");
  private ObservedPromotion promotion;

  @BeforeEach
  void baseline() throws IOException {
    database.sql("CREATE TABLE stocks (id int, sector text)");
    log = directory.resolve("app.log");
    Files.writeString(log, "ERROR of yesterday\n");
    promotion =
        new ObservedPromotion(
            database,
            BUNDLE,
            Worker.settings(database, Optional.empty(), Map.of(), Map.of("app", log), Set.of()));
  }

  @AfterEach
  void close() {
    promotion.close();
  }

  private void append(String text) throws IOException {
    Files.writeString(log, text, StandardOpenOption.APPEND);
  }

  private void rotate() throws IOException {
    Files.move(log, directory.resolve("app.log.1"));
    Files.createFile(log);
  }

  /** A window of one sample and one round, by a worker that knows the marks only. */
  private WindowResult window(int seconds, Map<String, String> marks) {
    WindowOrder order = Soaks.minutes(BUNDLE, START, 10);
    Instant at = START.plusSeconds(seconds);
    Window window =
        promotion.window(
            new WindowOrder(order.work(), order.plan(), START, at, at, List.of(), marks));
    window.sample(at);
    return window.result(at);
  }

  private static double last(WindowResult result, String metric) {
    return result.metrics().stream()
        .filter(samples -> samples.metric().equals(metric))
        .findFirst()
        .flatMap(MetricSamples::last)
        .orElseThrow();
  }

  private static void assertCounted(WindowResult result, int errors, int fatals) {
    assertThat(last(result, "log.errors.matches")).isEqualTo(errors);
    assertThat(last(result, "check.errors.failed")).isEqualTo(errors > 0 ? 1 : 0);
    assertThat(last(result, "log.fatals.matches")).isEqualTo(fatals);
    assertThat(last(result, "check.fatals.failed")).isEqualTo(fatals > 1 ? 1 : 0);
  }

  @Test
  void checksOnOneLog_countTheirOwnLinesFromWindowToWindow() throws IOException {
    WindowResult first = window(0, Map.of());
    append("ERROR one\nFATAL one\n");
    WindowResult second = window(60, first.marks());
    append("FATAL two\n");
    rotate();
    append("ERROR two\n");
    WindowResult third = window(120, second.marks());

    assertCounted(first, 0, 0);
    assertCounted(second, 1, 1);
    assertCounted(third, 2, 2);
    assertThat(first.marks()).containsKeys("log.errors.matches", "log.fatals.matches");
  }

  @Test
  void windowThatIsTakenAgain_countsTheSame() throws IOException {
    Map<String, String> marks = window(0, Map.of()).marks();
    append("ERROR one\n");

    assertCounted(window(60, marks), 1, 0);
    assertCounted(window(60, marks), 1, 0);
  }

  @Test
  void markOfAnEarlierVersion_isCountedFrom() throws IOException {
    Object inode = Files.readAttributes(log, BasicFileAttributes.class).fileKey();
    String mark = inode + " " + Files.size(log);
    append("ERROR one\nFATAL one\n");
    WindowResult first = window(60, Map.of("log.app", mark));
    append("ERROR two\n");

    assertCounted(first, 1, 1);
    assertCounted(window(120, first.marks()), 2, 1);
  }

  @Test
  void lookThatFails_leavesTheMark() throws IOException {
    Map<String, String> marks = window(0, Map.of()).marks();
    append("ERROR one\n");
    Path away = Files.move(log, directory.resolve("away"));
    WindowResult failed = window(60, marks);
    Files.move(away, log);

    assertThat(failed.metrics())
        .filteredOn(samples -> samples.metric().matches(".*[.](matches|failed)"))
        .hasSize(4)
        .allMatch(samples -> samples.taken() == 0);
    assertThat(failed.marks().get("log.errors.matches")).isEqualTo(marks.get("log.errors.matches"));
    assertCounted(window(120, failed.marks()), 1, 0);
  }

  private static void assertMissing(WindowResult result) {
    assertThat(result.metrics())
        .filteredOn(samples -> samples.metric().matches(".*[.](matches|failed)"))
        .hasSize(4)
        .allMatch(samples -> samples.due() == 1 && samples.taken() == 0);
  }

  @Test
  void logThatComesWithItsFirstError_isCountedFromItsFirstLine() throws IOException {
    Files.delete(log);
    WindowResult first = window(0, Map.of());
    WindowResult second = window(60, first.marks());
    Files.writeString(log, "ERROR one\nFATAL one\n");
    WindowResult third = window(120, second.marks());
    append("ERROR two\n");

    assertMissing(first);
    assertMissing(second);
    assertCounted(third, 1, 1);
    assertCounted(window(180, third.marks()), 2, 1);
  }

  @Test
  void logThatCannotBeReadAtTheStart_isMissingForTheWholeStage() throws IOException {
    Files.delete(log);
    Files.createDirectory(log);
    WindowResult first = window(0, Map.of());
    Files.delete(log);
    Files.writeString(log, "ERROR one\n");
    WindowResult second = window(60, first.marks());

    assertMissing(first);
    assertMissing(second);
    assertMissing(window(120, second.marks()));
    assertThat(second.marks().get("log.errors.matches"))
        .isEqualTo(
            "it is not known where the log stood at the stage's start: it could not be read,"
                + " IOException");
  }

  @Test
  void markThatALaterWindowDoesNotFind_isNotSetAnew() throws IOException {
    Map<String, String> marks = new HashMap<>(window(0, Map.of()).marks());
    marks.keySet().removeIf(name -> name.startsWith("log."));
    append("ERROR one\n");

    WindowResult later = window(60, marks);

    assertMissing(later);
    assertMissing(window(120, later.marks()));
  }
}
