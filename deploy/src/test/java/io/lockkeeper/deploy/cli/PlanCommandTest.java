package io.lockkeeper.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.deploy.cli.Cli.Ran;
import io.lockkeeper.deploy.fixture.RealTemporal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {
  @Test
  void theLongForm_isPrintedToItsEnd() {
    String magnus = RealTemporal.home().resolve("deploy/examples/magnus").toString();

    Ran ran = Cli.run(Map.of(), "plan", magnus, "--expand");

    assertThat(ran.code()).isEqualTo(Exit.REACHED);
    assertThat(ran.out())
        .startsWith("change: magnus-performance-indexes\nwhy: Nine indexes")
        .endsWith("\n");
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void whatIsLeftToDo_isShownWithWhenAndForWhom(@TempDir Path folder) throws IOException {
    Files.createDirectories(folder.resolve("sql"));
    Files.writeString(
        folder.resolve("change.yaml"),
        """
        change: one-index
        why: x
        through: [dev]
        follow_up:
          - { after: 7d, sql: VACUUM (ANALYZE) t, role: dba }
          - { after: 1d, ask: what was learned?, outcome: rolled_back }
        """);
    Files.writeString(folder.resolve("sql/10_a.sql"), "CREATE INDEX CONCURRENTLY i ON t (b);\n");

    Ran ran = Cli.run(Map.of(), "plan", folder.toString());

    assertThat(ran.err()).isEmpty();
    assertThat(ran.out().lines().filter(line -> line.contains("after ")))
        .containsExactly(
            "  follow-up: sql-1, after 7d: vacuum analyze t, tells dba where it does not pass",
            "  follow-up: ask-2, after 24h once it was rolled back: what was learned?, asks"
                + " release-manager");
  }

  @Test
  void eachStatement_isShownWithItsLocksItsCostAndItsWayBack(@TempDir Path folder)
      throws IOException {
    Files.createDirectories(folder.resolve("sql"));
    Files.writeString(
        folder.resolve("change.yaml"), "change: one-column\nwhy: x\nthrough: [dev]\n");
    Files.writeString(
        folder.resolve("sql/10_a.sql"),
        "ALTER TABLE t DROP COLUMN a;\nCREATE INDEX CONCURRENTLY i ON t (b);\n");
    Files.writeString(folder.resolve("sql/10_a.down.sql"), "ALTER TABLE t ADD COLUMN a int;\n");
    Files.writeString(folder.resolve("sql/20_b.sql"), "COMMENT ON TABLE t IS 'x';\n");

    Ran ran = Cli.run(Map.of(), "plan", folder.toString());

    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .contains(
            """
              section 10_a LOSES DATA
                1 in a transaction  alter table t LOSES DATA
                  locks: access exclusive on t; destroys
                  way back: ALTER TABLE t ADD COLUMN a int (sql/10_a.down.sql)
                2 alone             create index i
                  locks: share update exclusive on t; builds
                  way back: ALTER TABLE t ADD COLUMN a int (sql/10_a.down.sql)
              section 20_b
                1 in a transaction  comment on table t
                  locks: share update exclusive on t; catalog only
                  way back: from the catalog when the unit starts: puts the former comment back
            """);
  }
}
