package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.UnitNow;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a rollback would do after somebody else was there: what is told, and that it is so. */
class WayBackNowTest {
  private static final String INDEX = "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector);\n";
  private static final String OTHER =
      "CREATE INDEX CONCURRENTLY idx_user ON positions (user_id);\n";
  private static final String COLUMN = "ALTER TABLE stocks ADD COLUMN region text;\n";
  private static final String CHECK =
      "ALTER TABLE stocks ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;\n";

  @AutoClose private final Database database = Server.fresh();
  private Engine engine;

  @BeforeEach
  void tables() {
    database.sql(
        "CREATE TABLE stocks (id bigint PRIMARY KEY, sector text);"
            + "CREATE TABLE positions (id bigint PRIMARY KEY, user_id bigint)");
    engine = Engine.granted(database);
  }

  /** As after the last section: what the change touches is looked at, and the target let go. */
  private void letGo() throws SQLException {
    Touched touched =
        new Touched(List.of(QualifiedName.of("stocks"), QualifiedName.of("positions")), List.of());
    new TargetLedger(database.target())
        .release(
            engine.work("release", 1),
            new Running(),
            false,
            Optional.of(new Drift(database.target()).look(touched)));
  }

  private StepResult look() throws SQLException {
    return new WayBackNow(database.target()).look(Engine.PROMOTION);
  }

  private static Evidence.WayBackNow evidence(StepResult result) {
    return (Evidence.WayBackNow) result.evidence().orElseThrow();
  }

  private static List<String> found(StepResult result) {
    return evidence(result).units().stream()
        .map(unit -> unit.finding() + (unit.left() ? " LEFT: " : ": ") + unit.sentence())
        .toList();
  }

  /** Which units a rollback leaves that runs now, as its own list says. */
  private List<Integer> leaves(StepResult told) {
    List<Integer> expected =
        evidence(told).units().stream().filter(UnitNow::left).map(UnitNow::unit).toList();
    StepResult reverted = engine.revert();
    List<Integer> left =
        ((Evidence.Units) reverted.evidence().orElseThrow())
            .units().stream()
                .filter(unit -> unit.outcome().equals("not taken back"))
                .map(Evidence.UnitOutcome::unit)
                .toList();
    assertThat(left).isEqualTo(expected);
    return left;
  }

  @Test
  void whatNobodyTouched_isTakenBackAsApproved_lastFirst() throws SQLException {
    engine.applyLosingData(COLUMN + INDEX + "VACUUM stocks;");
    letGo();

    StepResult result = look();

    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
    assertThat(result.sentence()).isEqualTo("option A would take 2 of 3 units back as approved");
    assertThat(evidence(result).differences()).isEmpty();
    assertThat(found(result))
        .containsExactly(
            "NOTHING: nothing to take back",
            "AS_APPROVED: is taken back as approved",
            "AS_APPROVED: is taken back as approved");
    assertThat(leaves(result)).isEmpty();
  }

  @Test
  void indexThatIsGone_leavesNothingToDo_andIsTold() throws SQLException {
    engine.apply(INDEX + OTHER);
    letGo();
    database.sql("DROP INDEX idx_sector");

    StepResult result = look();

    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
    assertThat(result.sentence())
        .isEqualTo(
            "option A would take 1 of 2 units back as approved; unit 1 of section 10_stocks: index"
                + " public.idx_sector is gone already: nothing is left to do");
    assertThat(evidence(result).differences())
        .singleElement()
        .asString()
        .startsWith("- index public.idx_sector CREATE INDEX idx_sector");
    assertThat(leaves(result)).isEmpty();
  }

  @Test
  void indexThatSomebodyMadeAnew_isLeft() throws SQLException {
    engine.apply(INDEX);
    letGo();
    database.sql("DROP INDEX idx_sector; CREATE INDEX idx_sector ON stocks (sector DESC)");

    StepResult result = look();

    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(found(result))
        .containsExactly(
            "CHANGED LEFT: index public.idx_sector was changed, and is not touched where it is not"
                + " ours: ~ index public.idx_sector: was \"btree (sector)\", is \"btree (sector"
                + " DESC)\"");
    assertThat(leaves(result)).containsExactly(1);
  }

  @Test
  void constraintThatIsGone_isNothing_butForAScriptThatCountsOnIt() throws SQLException {
    engine.apply(CHECK);
    engine.apply("20_script", INDEX);
    letGo();
    database.sql("ALTER TABLE stocks DROP CONSTRAINT positive");

    assertThat(found(look()))
        .containsExactly(
            "AS_APPROVED: is taken back as approved",
            "GONE: constraint positive of public.stocks is gone already: nothing is left to do");

    database.sql(
        "UPDATE lockkeeper.unit SET inverse = '{ALTER TABLE stocks DROP CONSTRAINT positive}'"
            + " WHERE section = '10_stocks'");
    StepResult result = look();

    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(found(result).get(1))
        .isEqualTo("GONE LEFT: constraint positive of stocks is gone: taking it back would fail");
    engine.revert("20_script");
    assertThat(leaves(result)).containsExactly(1);
  }

  @Test
  void viewThatSomebodyMadeUponAColumn_holdsIt_andItsIndexIsTakenBackAllTheSame()
      throws SQLException {
    engine.applyLosingData(COLUMN + INDEX);
    letGo();
    database.sql("CREATE VIEW regions AS SELECT region FROM stocks");

    StepResult result = look();

    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(found(result))
        .containsExactly(
            "AS_APPROVED: is taken back as approved",
            "HELD LEFT: column region of public.stocks would not be dropped: it is used by view"
                + " regions");
    assertThat(leaves(result)).containsExactly(1);
  }

  @Test
  void viewOfTheChangeItself_holdsNothing_becauseItGoesFirst() throws SQLException {
    engine.applyLosingData(COLUMN + "CREATE VIEW regions AS SELECT region FROM stocks;");
    letGo();

    StepResult result = look();

    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
    assertThat(leaves(result)).isEmpty();
  }

  @Test
  void unitUnderOneThatIsLeft_waits() throws SQLException {
    engine.applyLosingData(COLUMN + "CREATE INDEX CONCURRENTLY idx_region ON stocks (region);");
    letGo();
    database.sql("DROP INDEX idx_region; CREATE UNIQUE INDEX idx_region ON stocks (id, region)");

    StepResult result = look();

    assertThat(found(result).get(1))
        .isEqualTo(
            "WAITS LEFT: waits for unit 2 of section 10_stocks, which came after it on the same"
                + " table and would be left");
    assertThat(leaves(result)).containsExactly(2, 1);
  }

  @Test
  void whereNothingStands_thereIsNothingToTakeBack() throws SQLException {
    StepResult result = look();

    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
    assertThat(result.sentence()).startsWith("nothing of this promotion stands here");
    assertThat(evidence(result).units()).isEmpty();
  }

  @Test
  void aLook_changesNothing() throws SQLException {
    engine.apply(INDEX);
    letGo();
    Fingerprint before = new TargetLedger(database.target()).fingerprint();
    List<String> ledger = database.list("SELECT u::text FROM lockkeeper.unit u");

    look();

    assertThat(new TargetLedger(database.target()).fingerprint()).isEqualTo(before);
    assertThat(database.list("SELECT u::text FROM lockkeeper.unit u")).isEqualTo(ledger);
    assertThat(database.list("SELECT held FROM lockkeeper.lease")).containsExactly("f");
  }
}
