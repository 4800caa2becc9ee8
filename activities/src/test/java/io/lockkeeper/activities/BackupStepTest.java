package io.lockkeeper.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lockkeeper.activities.backup.Backups;
import io.lockkeeper.activities.backup.Manifest;
import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.Work;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.Item;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The step as its promotion sees it. */
@Order(1)
class BackupStepTest {
  @AutoClose private final Database database = Server.fresh();
  @TempDir private Path directory = Path.of("");

  @BeforeEach
  void shop() throws IOException, InterruptedException {
    assumeThat(new ProcessBuilder("pg_dump", "--version").start().waitFor()).isZero();
    database.sql(Changes.TABLES + "INSERT INTO stocks VALUES (1), (2)");
  }

  private Worker worker(String options) {
    BackupSettings settings = new BackupSettings(Kind.PG_DUMP, directory, "nightly");
    return Worker.of(
            database,
            Changes.nineIndexes(
                "change: nine-indexes\nwhy: Nine indexes\nrisk: low\nthrough:\n  - dev: "
                    + options
                    + "\n"),
            Worker.settings(database, Optional.of(settings), Map.of(), Map.of(), Set.of()))
        .held();
  }

  private static StepResult run(Worker worker, Step step) {
    StepResult result = worker.activities().backup(worker.order(step));
    result.evidence().ifPresent(e -> assertThat(e).isInstanceOf(Evidence.BackupTaken.class));
    return result;
  }

  private static Item precheck(Worker worker, String name) {
    StepResult result = worker.activities().precheck(worker.order(new Step.Precheck()));
    return ((Evidence.Prechecks) result.evidence().orElseThrow())
        .items().stream().filter(item -> item.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  @Tag("M7")
  @Tag("C1")
  void evidence_namesServerLogAgeAndWhatWasCompared() {
    try (Worker worker = worker("{backup: verified}")) {
      StepResult result = run(worker, new Step.Backup(true));

      assertThat(result.verdict()).isEqualTo(Verdict.PASS);
      assertThat(result.sentence())
          .matches("dev_backup_[0-9-]+, 0\\.0 MB in .* s, restored and compared: 5 tables, 2 rows");
      Evidence.BackupTaken taken = (Evidence.BackupTaken) result.evidence().orElseThrow();
      assertThat(taken.tables()).isEqualTo(5);
      assertThat(taken.rows()).isEqualTo(2);
      assertThat(taken.lsn().orElseThrow()).matches("[0-9A-F]+/[0-9A-F]+");
      assertThat(taken.systemIdentifier())
          .contains(database.value("SELECT system_identifier FROM pg_control_system()"));
      assertThat(taken.takenFor()).contains("nine-indexes-1");
      assertThat(taken.age().orElseThrow()).isBetween(0.0, 600.0);
      assertThat(taken.verifySeconds().orElseThrow()).isPositive();
      assertThat(
              database.value(
                  "SELECT convert_from(content, 'UTF8') FROM lockkeeper.checkpoint"
                      + " WHERE name = 'backup "
                      + taken.id()
                      + "'"))
          .contains(taken.manifest().orElseThrow());
    }
  }

  /** It runs to its end: a backup that was cut off would help nobody. */
  @Test
  void backupThatTakesTooLong_isAFailAndStays_andRetryTakesAnother() throws IOException {
    try (Worker worker = worker("{backup: {how: taken, within: 1ms}}")) {
      StepResult first = run(worker, new Step.Backup(false));
      StepResult second = run(worker, new Step.Backup(false));

      assertThat(first.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(first.sentence())
          .matches(
              "dev_backup_.* s, not verified; it took .* s and may take 1ms\\. It is whole and"
                  + " stays; retry takes another one, or mend what is slow first");
      assertThat(second.sentence())
          .contains("passed over: ")
          .contains("it took longer than it may");
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSize(4);
    }
  }

  @Test
  void latestWhereThereIsNone_isAFailThatSaysWhatToDo() {
    try (Worker worker = worker("{backup: {from: ticket-06}}")) {
      StepResult result = run(worker, new Step.Backup(false, true));

      assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(result.sentence())
          .isEqualTo(
              "no backup of magnus (dev) that was taken for ticket-06 is relied on: there is none"
                  + " in the directory of the worker's file. Take one, by lockkeeper backup or a"
                  + " promotion, then retry the step");
    }
  }

  @Test
  @Tag("T2")
  void latest_isFoundVerifiedAndNamedWithItsAge() {
    taken("ticket-06-1", false);
    try (Worker worker = worker("{backup: {from: ticket-06, max_age: 1h}}")) {
      StepResult result = run(worker, new Step.Backup(false, true));

      assertThat(result.verdict()).isEqualTo(Verdict.PASS);
      assertThat(result.sentence())
          .matches(
              "dev_backup_.*, .*s old, taken for ticket-06-1, restored and compared: 5 tables, 2"
                  + " rows");
    }
  }

  private Manifest taken(String promotion, boolean verified) {
    try (Target target =
        new Target(
            "dev",
            database.settings(Optional.of(new BackupSettings(Kind.PG_DUMP, directory, ""))))) {
      return new Backups(target, "dev", new Running())
          .take(new Work(promotion, "backup", System.nanoTime(), 1, Map.of()), verified);
    }
  }

  @Test
  void precheck_tellsBeforeAnythingIsDoneWhatTheBackupLacks() {
    try (Worker worker = worker("{backup: verified}")) {
      assertThat(precheck(worker, "backup"))
          .isEqualTo(new Item("backup", Verdict.PASS, "tools, rights and room are there"));

      database.asSuperuser("CREATE TABLE public.hidden (n int)");
      assertThat(precheck(worker, "backup"))
          .isEqualTo(
              new Item(
                  "backup",
                  Verdict.FAIL,
                  "the role may not read public.hidden: GRANT pg_read_all_data TO engine"));
    }
  }

  private static final String LACKS =
      "it cannot give things to their owner reader: GRANT reader TO engine";

  /** It comes with every backup, and people may go without. */
  @Test
  void precheck_tellsThatTheUsualOptionBIsNotToBeHad() {
    database.asSuperuser("CREATE SCHEMA theirs AUTHORIZATION reader");
    try (Worker worker = worker("{backup: verified}")) {
      assertThat(precheck(worker, "option B"))
          .isEqualTo(
              new Item(
                  "option B",
                  Verdict.PASS,
                  "it is NOT to be had, and nobody asked for it: " + LACKS));
    }
  }

  @Test
  void precheck_failsWhereTheOptionBThatItsAuthorWroteIsNotToBeHad() {
    database.asSuperuser("CREATE SCHEMA theirs AUTHORIZATION reader");
    try (Worker worker = worker("{backup: verified, rollback: {B: {within: 10m}}}")) {
      assertThat(precheck(worker, "option B")).isEqualTo(new Item("option B", Verdict.FAIL, LACKS));

      database.asSuperuser("ALTER SCHEMA theirs OWNER TO engine");

      assertThat(precheck(worker, "option B"))
          .isEqualTo(
              new Item(
                  "option B", Verdict.PASS, "a backup could be restored beside and swapped in"));
    }
  }

  @Test
  @Tag("T2")
  void backupOfARequiredChange_isThereWholeAndVerified() throws IOException {
    try (Worker worker = worker("{requires: [ticket-06.backup]}")) {
      assertThat(precheck(worker, "ticket-06.backup"))
          .isEqualTo(new Item("ticket-06.backup", Verdict.FAIL, "there is none that is whole"));

      String id = taken("ticket-06-1", false).id();
      assertThat(precheck(worker, "ticket-06.backup").verdict()).isEqualTo(Verdict.FAIL);
      assertThat(precheck(worker, "ticket-06.backup").sentence())
          .startsWith(id)
          .endsWith("never verified");

      taken("ticket-06-1", true);
      assertThat(precheck(worker, "ticket-06.backup").verdict()).isEqualTo(Verdict.PASS);

      Files.write(only(".dump"), new byte[] {1});
      assertThat(precheck(worker, "ticket-06.backup").sentence())
          .startsWith("there is none that is whole: " + id);
    }
  }

  @Test
  @Tag("M6")
  void damagedNewest_doesNotCountForTheAge() throws IOException {
    try (Worker worker = worker("{backup: taken, precheck: [backup.age < 24h]}")) {
      run(worker, new Step.Backup(false));
      assertThat(precheck(worker, "backup.age < 24h").verdict()).isEqualTo(Verdict.PASS);

      Files.write(only(".dump"), new byte[] {1});

      Item damaged = precheck(worker, "backup.age < 24h");
      assertThat(damaged.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(damaged.sentence()).contains("; passed over: dev_backup_");
    }
  }

  private Path only(String ending) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(ending)).findFirst().orElseThrow();
    }
  }
}
