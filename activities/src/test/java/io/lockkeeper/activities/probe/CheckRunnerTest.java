package io.lockkeeper.activities.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Application;
import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activities.http.HttpRequests;
import io.lockkeeper.activities.log.LogFile;
import io.lockkeeper.activities.probe.CheckRunner.Found;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.change.Check;
import io.lockkeeper.step.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckRunnerTest {
  @AutoClose private static final Database DATABASE = Server.fresh();
  @AutoClose private final Application application = Application.start();
  @TempDir private Path directory = Path.of("");
  private Path log = Path.of("");

  @BeforeEach
  void log() throws IOException {
    log = directory.resolve("app.log");
    Files.writeString(log, "ERROR of yesterday\n");
    DATABASE.sql(
        "DROP TABLE IF EXISTS games; CREATE TABLE games (n int, name text); INSERT INTO games VALUES (1, 'one')");
  }

  private EnvironmentSettings environment() {
    return Worker.settings(
        DATABASE,
        Optional.empty(),
        application.variables(),
        Map.of("app", log),
        application.allowed());
  }

  /** As a person writes it. */
  private static Check check(String written) {
    return Changes.of(
            Changes.PLAIN + "checks:\n  it: " + written + "\n",
            "sql/10.sql",
            "CREATE INDEX CONCURRENTLY i ON games (n);")
        .change()
        .checks()
        .get(0);
  }

  private Found make(String written) {
    return make(written, Optional.empty(), Optional.empty());
  }

  private Found make(String written, Optional<String> before, Optional<String> mark) {
    return make(check(written), before, mark);
  }

  private Found make(Check check, Optional<String> before, Optional<String> mark) {
    EnvironmentSettings environment = environment();
    return new CheckRunner(environment, DATABASE.target(), new HttpRequests(environment))
        .make(check, before, mark);
  }

  private static void assertFound(Found found, Verdict verdict, String sentence) {
    assertThat(found.sentence()).isEqualTo(sentence);
    assertThat(found.verdict()).isEqualTo(verdict);
  }

  @Test
  @Tag("M34")
  void rows_areCounted() {
    String written = "{ sql: SELECT * FROM games, expect: rows > 0 }";

    assertFound(make(written), Verdict.PASS, "rows 1, limit > 0");
    DATABASE.sql("DELETE FROM games");
    assertFound(make(written), Verdict.FAIL, "rows 0, limit > 0");
  }

  @Test
  void value_isTheFirstColumnOfTheFirstRow() {
    assertFound(
        make("{ sql: SELECT n FROM games, expect: value = 1 }"),
        Verdict.PASS,
        "value 1, limit = 1");
    assertFound(
        make("{ sql: SELECT n FROM games, expect: value = 2 }"),
        Verdict.FAIL,
        "value 1, limit = 2");
  }

  @Test
  void queryWithoutValue_isInconclusive() {
    assertFound(
        make("{ sql: SELECT n FROM games WHERE false, expect: value = 1 }"),
        Verdict.INCONCLUSIVE,
        "value was not measured: the query gave no value");
  }

  @Test
  @Tag("M22")
  void queryWithoutWish_isKeptAsEvidence() {
    Found found = make("{ sql: 'SELECT n, name, NULL FROM games', record: true }");

    assertFound(found, Verdict.PASS, "kept as evidence");
    assertThat(found.text()).isEqualTo("1 | one | null\n");
  }

  @Test
  void queryThatFails_isAnErrorWithTheServersWords() {
    assertFound(
        make("{ sql: SELECT * FROM nowhere, expect: rows > 0 }"),
        Verdict.ERROR,
        "the query failed: relation \"nowhere\" does not exist (SQLState 42P01)");
  }

  @Test
  void queryThatWrites_isRefusedByTheServer() {
    DATABASE.sql(
        "CREATE OR REPLACE FUNCTION wipe() RETURNS int LANGUAGE sql AS 'DELETE FROM games; SELECT 1'");

    assertFound(
        make("{ sql: SELECT wipe(), expect: rows > 0 }"),
        Verdict.ERROR,
        "the query failed: cannot execute DELETE in a read-only transaction (SQLState 25006)");
    assertThat(DATABASE.number("SELECT count(*) FROM games")).isEqualTo(1);
  }

  /** Lint refuses it; a bundle of an earlier version may still have it. */
  @Test
  void severalStatements_areNotRun() {
    Check linted = check("{ sql: SELECT 1, expect: rows > 0 }");
    Check check =
        new Check(
            linted.name(),
            new Check.Sql("SELECT 1; COMMIT; DELETE FROM games"),
            linted.expect(),
            linted.unchanged(),
            linted.when(),
            linted.record(),
            linted.then(),
            linted.session(),
            linted.only());

    assertFound(
        make(check, Optional.empty(), Optional.empty()),
        Verdict.ERROR,
        "the query failed: it is not one statement, and only one is run (SQLState 42601)");
    assertThat(DATABASE.number("SELECT count(*) FROM games")).isEqualTo(1);
  }

  @Test
  void unchangedResult_isComparedWithTheOneBefore() {
    String written = "{ sql: SELECT * FROM games ORDER BY n, expect: unchanged }";
    Optional<String> before = Optional.of(make(written).digest());

    assertFound(make(written, before, Optional.empty()), Verdict.PASS, "as before the change");
    DATABASE.sql("UPDATE games SET name = 'two'");
    assertFound(make(written, before, Optional.empty()), Verdict.FAIL, "not as before the change");
  }

  @Test
  void unchangedWithoutBefore_isInconclusive() {
    assertFound(
        make("{ sql: SELECT * FROM games, expect: unchanged }"),
        Verdict.INCONCLUSIVE,
        "the result before the change is not known");
  }

  @Test
  @Tag("M29")
  @Tag("M65")
  void page_passesByItsStatusAndItsMarker() {
    String written = "{ http: $app/dashboard, expect: [status = 200, body = Dashboard ready] }";

    assertFound(
        make(written), Verdict.PASS, "status 200, limit = 200; body holds \"Dashboard ready\"");
    application.answers(200, "an error page");
    assertFound(
        make(written),
        Verdict.FAIL,
        "status 200, limit = 200; body does not hold \"Dashboard ready\"");
    application.answers(500, "Dashboard ready");
    assertFound(
        make(written), Verdict.FAIL, "status 500, limit = 200; body holds \"Dashboard ready\"");
  }

  @Test
  @Tag("M65")
  void pageWithoutWish_mustAnswerTwoHundred() {
    assertFound(make("{ http: $app/health }"), Verdict.PASS, "status 200, limit = 200");
    application.answers(404, "");
    assertFound(make("{ http: $app/health }"), Verdict.FAIL, "status 404, limit = 200");
    application.close();
    assertFound(make("{ http: $app/health }"), Verdict.FAIL, "status 0, limit = 200");
  }

  @Test
  @Tag("M30")
  void page_isComparedByItsDigest() {
    String written = "{ http: $app/screener, expect: [status = 200, unchanged] }";
    Optional<String> before = Optional.of(make(written).digest());

    assertFound(
        make(written, before, Optional.empty()),
        Verdict.PASS,
        "status 200, limit = 200; as before the change");
    application.answers(200, "another result set");
    assertFound(
        make(written, before, Optional.empty()),
        Verdict.FAIL,
        "status 200, limit = 200; not as before the change");
  }

  @Test
  void placeThatIsNotAllowed_isAnError() {
    Found found = make("{ http: 'http://169.254.169.254/' }");

    assertThat(found.verdict()).isEqualTo(Verdict.ERROR);
    assertThat(found.sentence()).contains("169.254.169.254:80 is not in http_allow");
  }

  @Test
  @Tag("M35")
  void log_isCountedSinceItsMark() throws IOException {
    String written = "{ log: app, match: ERROR }";
    Optional<String> mark = Optional.of(LogFile.of(environment(), "app").mark());

    assertFound(make(written, Optional.empty(), mark), Verdict.PASS, "matches 0, limit = 0");
    Files.writeString(log, "ERROR now\nERROR again\n", StandardOpenOption.APPEND);
    assertFound(make(written, Optional.empty(), mark), Verdict.FAIL, "matches 2, limit = 0");
  }

  @Test
  @Tag("M35")
  void logThatCannotBeRead_isInconclusive() throws IOException {
    Optional<String> mark = Optional.of(LogFile.of(environment(), "app").mark());
    Files.delete(log);

    assertFound(
        make("{ log: app, match: ERROR }", Optional.empty(), mark),
        Verdict.INCONCLUSIVE,
        "the log cannot be read: NoSuchFileException");
  }

  @Test
  void logWithoutMark_isInconclusive() {
    assertFound(
        make("{ log: app, match: ERROR }"),
        Verdict.INCONCLUSIVE,
        "matches was not measured: it is not known where the log stood before");
  }

  @Test
  void logThatTheEnvironmentLacks_isAnError() {
    Found found = make("{ log: other, match: ERROR }");

    assertThat(found.verdict()).isEqualTo(Verdict.ERROR);
    assertThat(found.sentence()).startsWith("LK-CONFIGURATION: reading the log \"other\" of dev");
  }
}
