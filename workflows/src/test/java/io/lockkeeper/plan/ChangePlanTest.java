package io.lockkeeper.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.plan.ChangePlan.EnvironmentSteps;
import io.lockkeeper.plan.ChangePlan.SectionSteps;
import io.lockkeeper.plan.ChangePlan.StatementSteps;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What people read before they sign. */
class ChangePlanTest {
  private static final String HEAD = "change: one-index\nwhy: x\nthrough: [dev]\n";

  private static ChangePlan plan(String change) {
    return ChangePlan.of(
        Bundles.of(
            HEAD + change,
            "sql/10_a.sql",
            "CREATE INDEX CONCURRENTLY idx_a ON a (x);",
            "sql/20_b.sql",
            "UPDATE b SET x = 1 WHERE x IS NULL;"),
        Optional.empty(),
        Set.of());
  }

  private static List<String> rules(String lines) {
    return plan("rollback: { forward_only: x }\n" + lines)
        .environments()
        .get(0)
        .sections()
        .get(1)
        .rules();
  }

  private static List<String> waysBack(ChangePlan plan) {
    return plan.environments().get(0).sections().stream()
        .map(SectionSteps::statements)
        .map(statements -> statements.get(0).wayBack() + " " + statements.get(0).wayBackFrom())
        .toList();
  }

  @Test
  void sectionWithoutWayBack_isShownForwardOnlyWithItsReason() {
    ChangePlan plan = plan("rollback: { forward_only: no copy is kept }\n");

    assertThat(waysBack(plan))
        .containsExactly(
            "[DROP INDEX CONCURRENTLY \"idx_a\"] derived",
            "[] NONE, forward-only: no copy is kept");
    assertThat(plan.environments().get(0).forwardOnly()).isEqualTo(Optional.of("no copy is kept"));
  }

  private static List<String> options(String change) {
    return plan("rollback: { forward_only: x }\n".replace("}", change + " }"))
        .environments()
        .get(0)
        .waysBack();
  }

  @Test
  void waysBack_areShownWithTheirMinutesTheirRolesAndWhatTheyLose() {
    assertThat(options("")).containsExactly("A: what was applied, in reverse");
    assertThat(
            options(
                ", A: { within: 5m }, B: { restore: earlier.backup, within: 10m, roles: [dba,"
                    + " operations-lead] }"))
        .containsExactly(
            "A: what was applied, in reverse, at most 5m",
            "B: the newest backup of earlier, restored beside and swapped in, at most 10m; asked"
                + " for by dba or operations-lead; LOSES what was written since");
  }

  /** Where a backup is taken there is an option B, though nobody wrote one. */
  @Test
  void backup_bringsItsWayBack() {
    assertThat(
            plan("rollback: { forward_only: x }\nbackup: verified\n")
                .environments()
                .get(0)
                .waysBack())
        .element(1)
        .isEqualTo(
            "B: the backup, restored beside and swapped in; asked for by dba; LOSES what was"
                + " written since");
  }

  @Test
  void statement_isShownWithItsLocksItsCostAndWhatItLoses() {
    ChangePlan plan =
        ChangePlan.of(
            Bundles.of(
                HEAD,
                "sql/10_a.sql",
                "ALTER TABLE app.t ADD COLUMN x int REFERENCES u;\nANALYZE app.t;",
                "sql/20_b.sql",
                "ALTER TABLE app.t DROP COLUMN y;",
                "sql/20_b.down.sql",
                "ALTER TABLE app.t ADD COLUMN y int;"),
            Optional.empty(),
            Set.of());

    assertThat(
            plan.environments().get(0).sections().stream()
                .flatMap(section -> section.statements().stream())
                .toList())
        .extracting(
            StatementSteps::locks,
            StatementSteps::effect,
            StatementSteps::losesData,
            StatementSteps::wayBackFrom)
        .containsExactly(
            tuple(
                List.of("access exclusive on app.t", "share row exclusive on u"),
                "scans",
                false,
                "from the catalog when the unit starts: leaves the column, without default and NOT"
                    + " NULL, where it was not there before"),
            tuple(
                List.of("share update exclusive on app.t"), "scans", false, "nothing to take back"),
            tuple(List.of("access exclusive on app.t"), "destroys", true, "sql/20_b.down.sql"));
    assertThat(plan.losesData()).isTrue();
  }

  @Test
  void addedColumnOfASectionThatMayLoseData_isDropped() {
    ChangePlan plan =
        ChangePlan.of(
            Bundles.of(
                HEAD + "sections: [{ file: sql/10_a.sql, loses_data: true }]\n",
                "sql/10_a.sql",
                "ALTER TABLE t ADD COLUMN x int;"),
            Optional.empty(),
            Set.of());

    assertThat(waysBack(plan))
        .containsExactly(
            "[] from the catalog when the unit starts: drops the column, with what it holds, where"
                + " it was not there before");
  }

  @Test
  void keptSection_hasNoWayBackAndSaysSo() {
    ChangePlan plan = plan("sections: { 10_a: { rollback: keep }, 20_b: { rollback: keep } }\n");

    assertThat(waysBack(plan)).containsOnly("[] kept: a rollback leaves it as it is").hasSize(2);
  }

  @Test
  void relatedChangesAndResidue_areShown() {
    ChangePlan plan =
        plan(
            """
            sections: { 20_b: { rollback: keep } }
            requires: [first-change]
            rollback: { A: { leaves: [b.x] } }
            next: { third-change: when b is filled, fourth-change: "" }
            """);

    EnvironmentSteps dev = plan.environments().get(0);
    assertThat(dev.requires()).containsExactly("first-change");
    assertThat(dev.leaves()).containsExactly("b.x");
    assertThat(plan.next()).containsExactly("third-change: when b is filled", "fourth-change");
  }

  @Test
  void usualRules_areNotShown() {
    assertThat(rules("")).isEmpty();
    assertThat(rules("guard: locks.waiting <= 10\nhealth: sessions.active < 30\nresume: auto\n"))
        .isEmpty();
  }

  @Test
  void otherRules_areShownALineEach() {
    assertThat(
            rules(
                """
                guard: [replication.lag = off, locks.waiting < 5, { limit: deadlocks < 1, then: note }]
                health: [sessions.active = off, sessions.total < 50]
                resume: person
                end_blockers: { idle_in_transaction: 5m }
                checks: { rows: { sql: SELECT 1 } }
                sections:
                  20_b: { checks: rows, within: 1h, each: 5s, pace: 1s, batches: true, existing: adopt }
                """))
        .containsExactly(
            "guard locks.waiting < 5",
            "guard deadlocks < 1 → note",
            "guard without replication.lag",
            "health sessions.total < 50",
            "health without sessions.active",
            "then the checks rows",
            "within 1h",
            "each unit within 5s",
            "in batches, until no row is changed",
            "a pace of 1s",
            "adopts what is there already as it is meant",
            "a person resumes it",
            "ENDS transactions that block it and are idle for over 5m");
  }
}
