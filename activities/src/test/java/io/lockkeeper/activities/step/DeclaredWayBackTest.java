package io.lockkeeper.activities.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Changes;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.fixture.Worker;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.UnitOutcome;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Step.Verify.Subject;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a change declares of its way back holds while the API is away. */
class DeclaredWayBackTest {
  private static final String HEAD = "change: analytics\nwhy: x\nthrough: [dev]\n";
  private static final String[] FILES = {
    "sql/10_flag.sql",
    "ALTER TABLE contacts ADD COLUMN analytics_enabled boolean NOT NULL DEFAULT false;",
    "sql/10_flag.down.sql",
    "ALTER TABLE contacts ALTER COLUMN analytics_enabled DROP NOT NULL;",
    "sql/20_index.sql",
    "CREATE INDEX CONCURRENTLY idx_name ON contacts (name);"
  };

  @AutoClose private final Database database = withContacts();

  private static Database withContacts() {
    Database database = Server.fresh();
    database.sql(
        "CREATE TABLE contacts (id int PRIMARY KEY, name text);"
            + "INSERT INTO contacts SELECT n, 'n' || n FROM generate_series(1, 10) n");
    return database;
  }

  private Worker applied(String change) {
    Bundle bundle = Changes.of(HEAD + change, FILES);
    Worker worker = Worker.of(database, bundle).held();
    worker.activities().baseline(worker.order(new Step.Baseline()));
    for (String section : new String[] {"10_flag", "20_index"}) {
      Step step = new Step.Apply(section, Pass.DEPLOY);
      assertThat(worker.activities().applySection(worker.order(step)).verdict())
          .isEqualTo(Verdict.PASS);
    }
    worker.blobs().away(true);
    return worker;
  }

  private static StepResult revert(Worker worker, String section) {
    return worker.activities().revertSection(worker.order(new Step.Revert(section, Pass.DEPLOY)));
  }

  private static StepResult verify(Worker worker) {
    return worker.activities().verify(worker.order(new Step.Verify(Subject.REVERTED)));
  }

  @Test
  void declaredColumn_mayStayAndIsTold() {
    try (Worker worker =
        applied("rollback: { A: { leaves: [contacts.analytics_enabled, contacts.never] } }\n")) {
      revert(worker, "20_index");
      revert(worker, "10_flag");

      StepResult result = verify(worker);

      assertThat(result.verdict()).isEqualTo(Verdict.PASS);
      assertThat(result.sentence())
          .isEqualTo(
              "the schema is as before the change; left as declared: contacts.analytics_enabled");
      Evidence.Fingerprints compared = (Evidence.Fingerprints) result.evidence().orElseThrow();
      assertThat(compared.differences()).isEmpty();
      assertThat(compared.declared())
          .singleElement()
          .asString()
          .startsWith("+ column public.contacts.analytics_enabled type boolean");
      assertThat(compared.now()).isNotEqualTo(compared.before());
    }
  }

  @Test
  void moreThanTheDeclaredColumn_isAFailThatTellsBoth() {
    try (Worker worker = applied("rollback: { A: { leaves: [contacts.analytics_enabled] } }\n")) {
      revert(worker, "10_flag");

      StepResult result = verify(worker);

      assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(result.sentence())
          .startsWith("the schema is not as before the change: + index public.idx_name ")
          .endsWith(
              "; left as declared: contacts.analytics_enabled. What was taken back by a script may"
                  + " be left by it: sql/10_flag.down.sql");
    }
  }

  @Test
  void sameColumnWithoutADeclaration_isAFail() {
    try (Worker worker = applied("")) {
      revert(worker, "20_index");
      revert(worker, "10_flag");

      assertThat(verify(worker).verdict()).isEqualTo(Verdict.FAIL);
    }
  }

  /** A ledger of the first version has a fingerprint and nothing declared. */
  @Test
  void ledgerWithoutDeclaration_allowsNothing() throws SQLException {
    try (Worker worker = applied("rollback: { A: { leaves: [contacts.analytics_enabled] } }\n")) {
      database.sql("DELETE FROM lockkeeper.checkpoint WHERE name = 'way-back'");
      revert(worker, "20_index");
      revert(worker, "10_flag");

      assertThat(verify(worker).verdict()).isEqualTo(Verdict.FAIL);
    }
  }

  @Test
  void keptSection_isLeftByARollbackAndTakenBackByARehearsal() throws SQLException {
    try (Worker worker = applied("sections: { 20_index: { rollback: keep } }\n")) {
      StepResult kept = revert(worker, "20_index");

      assertThat(kept.verdict()).isEqualTo(Verdict.PASS);
      assertThat(kept.sentence()).isEqualTo("left as it is: the change keeps it in a rollback");
      assertThat(((Evidence.Units) kept.evidence().orElseThrow()).units())
          .extracting(UnitOutcome::outcome)
          .containsExactly("kept");
      assertThat(new TargetLedger(database.target()).fingerprint().lines())
          .anyMatch(line -> line.startsWith("index public.idx_name "));

      worker.blobs().away(false);
      revert(worker, "10_flag");
      database.sql("DROP INDEX idx_name");
      Step rehearsal = new Step.Apply("20_index", Pass.REHEARSAL);
      worker.activities().applySection(worker.order(rehearsal));
      StepResult back =
          worker
              .activities()
              .revertSection(worker.order(new Step.Revert("20_index", Pass.REHEARSAL)));

      assertThat(back.sentence()).startsWith("1 taken back in ");
      assertThat(new TargetLedger(database.target()).fingerprint().lines())
          .noneMatch(line -> line.startsWith("index public.idx_name "));
    }
  }

  @Test
  void forwardOnlySection_isRefusedWithItsReasonAndUntouched() {
    String[] files = {
      "sql/10_rows.sql", "UPDATE contacts SET name = upper(name);", FILES[4], FILES[5]
    };
    Bundle bundle =
        Changes.of(HEAD + "rollback: { forward_only: the old names are not kept }\n", files);
    try (Worker worker = Worker.of(database, bundle).held()) {
      worker.activities().baseline(worker.order(new Step.Baseline()));
      Step apply = new Step.Apply("10_rows", Pass.DEPLOY);

      assertThat(revert(worker, "10_rows").verdict()).isEqualTo(Verdict.PASS);
      worker.activities().applySection(worker.order(apply));
      worker.blobs().away(true);
      StepResult refused = revert(worker, "10_rows");

      assertThat(refused.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(refused.sentence())
          .startsWith("LK-FORWARD-ONLY: taking section 10_rows of ")
          .endsWith(
              " back was refused: the change is forward-only, because the old names are not kept."
                  + " Nothing of it was touched. Abort to let it stand, or mend it forward with a"
                  + " change of its own");
      assertThat(database.list("SELECT name FROM contacts WHERE id = 1")).containsExactly("N1");
    }
  }
}
