package io.lockkeeper.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.deploy.cli.Cli.Ran;
import io.lockkeeper.deploy.fixture.RealTemporal;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
}
