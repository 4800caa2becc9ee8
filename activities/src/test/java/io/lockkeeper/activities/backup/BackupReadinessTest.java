package io.lockkeeper.activities.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lockkeeper.activities.backup.BackupReadiness.Finding;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.settings.TargetSettings;
import io.lockkeeper.activities.settings.TargetSettings.BackupCommands;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import io.lockkeeper.change.BackupRule.How;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is said before a backup is begun, and that what it says to do is enough. */
class BackupReadinessTest {
  @AutoClose private final Database database = Server.fresh();
  @TempDir private Path directory = Path.of("");
  private final String poor = "poor_" + database.name();

  @BeforeEach
  void aRoleThatMayConnect() {
    database.sql("CREATE TABLE stocks (id int); INSERT INTO stocks VALUES (1), (2)");
    database.asSuperuser(
        "CREATE ROLE "
            + poor
            + " LOGIN; GRANT pg_monitor TO "
            + poor
            + ";"
            + "GRANT CREATE ON DATABASE "
            + database.name()
            + " TO "
            + poor);
  }

  @AfterEach
  void dropRole() {
    database.asSuperuser(
        "REASSIGN OWNED BY " + poor + " TO engine; DROP OWNED BY " + poor + "; DROP ROLE " + poor);
  }

  private Target target(Kind kind) {
    TargetSettings settings = database.settings(Optional.empty());
    return new Target(
        "dev",
        new TargetSettings(
            "magnus",
            database.url(),
            poor,
            settings.password(),
            Optional.of(new BackupSettings(kind, directory, "nightly"))));
  }

  private static List<String> sentences(Target target, How how) throws SQLException {
    return new BackupReadiness(target).look(how).stream().map(Finding::sentence).toList();
  }

  @Test
  void missingRights_areToldWithTheStatementsThatMendThem() throws SQLException {
    assumeThat(ClientTool.majorVersion("pg_dump")).hasValueSatisfying(v -> assumeThat(v >= 15));
    database.sql("ALTER TABLE stocks ENABLE ROW LEVEL SECURITY; GRANT SELECT ON stocks TO " + poor);
    database.sql(
        "CREATE SEQUENCE hidden; CREATE SCHEMA closed; CREATE TABLE closed.hidden (n int)");
    try (Target target = target(Kind.PG_DUMP)) {
      List<String> found = sentences(target, How.VERIFIED);

      assertThat(found)
          .containsExactly(
              "the role may not read closed.hidden, public.hidden: GRANT pg_read_all_data TO "
                  + poor,
              "row-level security hides rows of public.stocks from the role: ALTER ROLE "
                  + poor
                  + " BYPASSRLS",
              "the role may not create the scratch database for the restore: ALTER ROLE "
                  + poor
                  + " CREATEDB");
      assertThat(sentences(target, How.TAKEN)).hasSize(2);
      assertThat(sentences(target, How.NONE)).isEmpty();

      found.forEach(sentence -> database.asSuperuser(sentence.replaceFirst("[^:]*: ", "")));

      assertThat(sentences(target, How.VERIFIED)).isEmpty();
      assertThat(new Backups(target, "dev", new Running()).takeRegular("one", true).verifiedAt())
          .isPresent();
    }
  }

  @Test
  void whatACopyNeeds_isToldWithTheStatementsThatMendIt() throws SQLException {
    try (Target target = target(Kind.TEMPLATE)) {
      List<String> found = sentences(target, How.VERIFIED);

      assertThat(found)
          .containsExactly(
              "the role may not make a copy of the database: ALTER ROLE " + poor + " CREATEDB",
              "only the owner of the database may copy it: ALTER DATABASE "
                  + database.name()
                  + " OWNER TO "
                  + poor,
              "the role may not end sessions of other roles, and a copy needs the database without"
                  + " them: GRANT pg_signal_backend TO "
                  + poor);
      found.forEach(sentence -> database.asSuperuser(sentence.replaceFirst("[^:]*: ", "")));
      assertThat(sentences(target, How.VERIFIED)).isEmpty();
      database.asSuperuser("ALTER DATABASE " + database.name() + " OWNER TO engine");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = How.class,
      names = {"TAKEN", "VERIFIED", "LATEST"})
  void targetWithoutWayOfBackup_isToldSo(How how) throws SQLException {
    assertThat(new BackupReadiness(database.target()).look(how))
        .containsExactly(
            new Finding(
                true,
                "the worker's file names no way of backup for magnus (dev): add backup to the"
                    + " target and restart the worker"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "pg_dump (PostgreSQL) 15.18 | 150018 | -",
        "pg_dump (PostgreSQL) 15.18 (Debian 15.18-1) | 150003 | -",
        "pg_dump (PostgreSQL) 16.1 | 150018 | -",
        "pg_dump (PostgreSQL) 17beta1 | 150018 | -",
        "pg_dump (PostgreSQL) 15.3 | 150018 | warns: pg_dump 15.3 lacks fixes that the server has"
            + " since 15.18: upgrade the client tools to 15.18",
        "pg_dump (PostgreSQL) 14.20 | 150018 | stops: pg_dump 14.20 cannot back up a server of"
            + " version 15.18: install client tools of version 15 or newer",
        "not found | 150018 | stops: pg_dump is not on the worker's PATH: install PostgreSQL's"
            + " client tools of version 15 or newer",
      })
  void clientTool_isHeldAgainstTheServer(String tool, int server, String expected) {
    Optional<Finding> finding =
        BackupReadiness.tool("pg_dump", ClientVersion.parse(tool), ClientVersion.ofServer(server));

    assertThat(finding.map(f -> (f.stops() ? "stops: " : "warns: ") + f.sentence()))
        .isEqualTo(Optional.ofNullable(expected));
  }

  @Test
  void directoryWithoutRoom_isTold() {
    assertThat(BackupReadiness.room(Path.of("/backups"), 5_000_000, 5_000_000)).isEmpty();
    assertThat(BackupReadiness.room(Path.of("/backups"), 5_000_000, 4_000_000))
        .contains(
            new Finding(
                true, "a backup needs about 5 MB, and /backups has 4 MB free: make room there"));
  }

  @Test
  void commandThatIsNotThere_isTold() throws SQLException {
    BackupSettings settings =
        new BackupSettings(
            Kind.COMMAND,
            directory,
            "",
            1,
            Optional.of(
                new BackupCommands(
                    List.of("no-such-tool", "take"), List.of(), List.of(), List.of())));
    try (Target target = new Target("dev", database.settings(Optional.of(settings)))) {
      assertThat(sentences(target, How.VERIFIED))
          .containsExactly(
              "the worker's file has no command to verify a backup with: add verify under backup",
              "no-such-tool is not a program that the worker can start: install it");
      assertThat(sentences(target, How.TAKEN)).hasSize(1);
    }
  }
}
