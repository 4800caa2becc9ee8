package io.lockkeeper.activities.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.doctor.TargetDoctor.Look;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Statements;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activities.settings.Sources;
import io.lockkeeper.activities.settings.TargetSettings;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found before anybody needs it, and that what it says to do is enough. */
class TargetDoctorTest {
  @AutoClose private final Database database = Server.fresh();
  @TempDir private Path directory = Path.of("");

  private EnvironmentSettings environment(
      boolean production, String url, String user, Optional<BackupSettings> backup) {
    TargetSettings target = database.settings(Optional.empty());
    return new EnvironmentSettings(
        "staging",
        production,
        false,
        List.of(new TargetSettings("shop", url, user, target.password(), backup)),
        Map.of(),
        Set.of(),
        Map.of(),
        Set.of(Statements.KEY.publicKey()));
  }

  private Optional<BackupSettings> template() {
    return Optional.of(new BackupSettings(Kind.TEMPLATE, directory, ""));
  }

  private List<Look> examine(String user) {
    return TargetDoctor.examine(environment(false, database.url(), user, template()));
  }

  private static List<String> findings(List<Look> looks) {
    return looks.stream()
        .filter(look -> !look.fine())
        .map(look -> look.about() + ": " + look.sentence())
        .toList();
  }

  @Test
  void roleThatMayAllItNeeds_hasNoFindingAndEachLookIsTold() {
    database.sql("CREATE TABLE stocks (id int)");
    Engine.granted(database).release(true);

    List<Look> looks = examine("engine");

    assertThat(findings(looks)).isEmpty();
    assertThat(looks)
        .extracting(Look::about)
        .containsExactly(
            "reach", "ledger", "figures", "sections", "measures", "backup", "restore", "left");
    assertThat(looks.get(0).sentence())
        .matches("PostgreSQL 15\\..*, database " + database.name() + " as engine");
  }

  @Test
  void sourcesThatAreAway_areFindings_andThoseThatTellAreNot() {
    EnvironmentSettings environment =
        environment(false, database.url(), "engine", template())
            .with(
                new Sources(
                    Optional.of(Sources.Host.LOCAL),
                    Optional.of(directory.resolve("gone.pid")),
                    Optional.of(
                        new Sources.Prometheus(
                            URI.create("http://127.0.0.1:1"), Map.of("queue", "q"))),
                    Map.of("cache", Sources.Redis.of("redis://127.0.0.1:1", Optional.empty()))));

    List<Look> looks = TargetDoctor.examine(environment);

    assertThat(looks)
        .extracting(Look::about)
        .startsWith("host", "host", "host", "host", "prometheus", "redis", "reach");
    assertThat(findings(looks))
        .containsExactly(
            "host: process.memory has no figure: the file of the process's id cannot be read:"
                + " NoSuchFileException: limits on it are INCONCLUSIVE until the worker's file or"
                + " its source is mended",
            "prometheus: prometheus.queue has no figure: Prometheus did not answer:"
                + " ConnectException: limits on it are INCONCLUSIVE until the worker's file or its"
                + " source is mended",
            "redis: cache: it cannot be reached: ConnectException: look at redis in the worker's"
                + " file");
  }

  @Test
  void roleThatMayNothing_isToldStatementsThatAreEnough() {
    String poor = "poor_" + database.name();
    database.sql(
        "CREATE TABLE stocks (id int); REVOKE TEMP ON DATABASE "
            + database.name()
            + " FROM PUBLIC");
    database.asSuperuser("CREATE ROLE " + poor + " LOGIN");
    try {
      List<String> found = findings(examine(poor));

      assertThat(found)
          .contains(
              "ledger: it may not make the ledger's schema: GRANT CREATE ON DATABASE "
                  + database.name()
                  + " TO "
                  + poor,
              "figures: it sees no figures of other sessions, so the health of a section cannot be"
                  + " told and none begins: GRANT pg_monitor TO "
                  + poor,
              "sections: it may not change what belongs to engine (1 tables and views): GRANT"
                  + " engine TO "
                  + poor,
              "restore: it may not make databases: ALTER ROLE " + poor + " CREATEDB");
      assertThat(found)
          .anyMatch(line -> line.startsWith("measures: for changes that say read_only"));
      assertThat(found).anyMatch(line -> line.startsWith("backup: the role may not make a copy"));

      for (String line : found) {
        database.asSuperuser(line.substring(line.lastIndexOf(": ") + 2));
      }

      assertThat(findings(examine(poor))).isEmpty();
    } finally {
      database.asSuperuser(
          "ALTER DATABASE "
              + database.name()
              + " OWNER TO engine; REASSIGN OWNED BY "
              + poor
              + " TO engine; DROP OWNED BY "
              + poor
              + "; DROP ROLE "
              + poor);
    }
  }

  @Test
  void ledgerOfANewerVersion_isToldBeforeAnybodyWritesIt() {
    Engine.granted(database).release(true);
    database.sql("INSERT INTO lockkeeper.version (version) VALUES (999)");

    assertThat(findings(examine("engine")))
        .singleElement()
        .asString()
        .startsWith("ledger: the ledger has the version 999, of a newer Lockkeeper than this one");
  }

  @Test
  void targetThatIsAway_isOneFinding() {
    List<Look> looks =
        TargetDoctor.examine(
            environment(false, "jdbc:postgresql://127.0.0.1:1/shop", "engine", template()));

    assertThat(findings(looks))
        .singleElement()
        .asString()
        .startsWith("reach: it cannot be reached: ")
        .endsWith("and at pg_hba.conf");
  }

  @Test
  void productionWithoutBackup_isAFindingAndElsewhereIsNot() {
    String without =
        "backup: the worker's file names no way of backup, so there is neither backup"
            + " nor option B: add backup to the target";

    assertThat(
            findings(
                TargetDoctor.examine(
                    environment(true, database.url(), "engine", Optional.empty()))))
        .containsExactly(without);
    assertThat(
            findings(
                TargetDoctor.examine(
                    environment(false, database.url(), "engine", Optional.empty()))))
        .isEmpty();
  }
}
