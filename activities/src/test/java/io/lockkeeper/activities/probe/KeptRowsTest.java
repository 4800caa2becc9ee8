package io.lockkeeper.activities.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.json.Json;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeptRowsTest {
  @AutoClose private final Database database = Server.fresh();

  private KeptRows count() throws SQLException {
    return database
        .target()
        .read(connection -> KeptRows.count(connection, List.of("games")))
        .get(0);
  }

  @Test
  void traffic_isNoLoss_andTruncateIs() throws SQLException {
    database.sql("CREATE TABLE games AS SELECT generate_series(1, 1000) AS id");
    KeptRows before = count();
    database.sql(
        "INSERT INTO games SELECT generate_series(1, 50); DELETE FROM games WHERE id < 11");

    KeptRows.Told traffic = count().since(before);
    database.sql("TRUNCATE games");
    KeptRows.Told loss = count().since(before);

    assertThat(traffic.sentence())
        .isEqualTo("games had 1000 rows and has 1030, 50 inserted and 20 deleted between");
    assertThat(traffic.verdict()).isEqualTo(Verdict.PASS);
    assertThat(loss.sentence())
        .isEqualTo(
            "games had 1000 rows and has 0, 50 inserted and 20 deleted between: 1030 are lost");
    assertThat(loss.verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void tableThatIsNotThere_isToldSo() {
    assertThatThrownBy(this::count)
        .isInstanceOf(SQLException.class)
        .hasMessage("there is no table games");
  }

  /**
   * Fewer than the counters say, and as many rows moved: inserts that were rolled back count too.
   */
  @ParameterizedTest
  @CsvSource({
    "100, 100, 0, PASS", "110, 110, 0, PASS", "105, 110, 0, INCONCLUSIVE",
    "100, 110, 0, INCONCLUSIVE", "89, 110, 0, FAIL", "120, 110, 0, INCONCLUSIVE",
    "90, 100, 10, PASS", "99, 100, 0, FAIL", "0, 100, 1, FAIL"
  })
  void rows_areHeldAgainstTheCounters(long rows, long inserted, long deleted, Verdict expected) {
    KeptRows before = new KeptRows("games", 100, 100, 100, 0, 0, "-", 7);
    KeptRows now = new KeptRows("games", rows, inserted, inserted, deleted, deleted, "-", 7);

    assertThat(now.since(before).verdict()).isEqualTo(expected);
  }

  @Test
  void statisticsThatWereReset_tellNothing() {
    KeptRows before = new KeptRows("games", 100, 100, 100, 0, 0, "-", 7);
    KeptRows now = new KeptRows("games", 100, 0, 0, 0, 0, "2026-11-20", 7);

    assertThat(now.since(before).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
  }

  /** Its counters begin with the restore, which has compared the rows by itself. */
  @Test
  void databaseThatTookThePlace_isNotHeldAgainstTheCountersOfTheOldOne() {
    KeptRows before = new KeptRows("games", 100, 250, 250, 150, 150, "-", 7);
    KeptRows restored = new KeptRows("games", 98, 98, 98, 0, 0, "-", 8);

    KeptRows.Told told = restored.since(before);

    assertThat(told.sentence())
        .isEqualTo(
            "games had 100 rows and has 98 in the database that was restored, whose rows were"
                + " compared with the backup's");
    assertThat(told.verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void countOfAnEarlierVersion_namesNoDatabase_andIsHeldAgainstTheCounters() {
    KeptRows before =
        Json.read(
            "{\"table\":\"games\",\"rows\":100,\"inserted_low\":100,\"inserted_high\":100,"
                + "\"deleted_low\":0,\"deleted_high\":0,\"reset\":\"-\"}",
            KeptRows.class);
    KeptRows now = new KeptRows("games", 0, 100, 100, 1, 1, "-", 8);

    assertThat(now.since(before).verdict()).isEqualTo(Verdict.FAIL);
  }
}
