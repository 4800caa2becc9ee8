package io.lockkeeper.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.deploy.cli.Cli.Ran;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
  @Test
  void theHelp_namesTheVariablesAndTheExitCodes() {
    Ran ran = run("--help");

    assertThat(ran.code()).isEqualTo(Exit.REACHED);
    assertThat(ran.out())
        .contains("LOCKKEEPER_SERVER  URL of the API (http://127.0.0.1:8080)")
        .contains("LOCKKEEPER_TOKEN ")
        .contains("  4   still running when the time given ended, or the wait was left\n")
        .contains("  69  server or Temporal not reachable\n");
  }

  @Test
  void theHelp_tellsDefaults() {
    assertThat(run("up", "--help").out()).contains("~/.local/share/lockkeeper");
    assertThat(run("report", "--help").out()).contains("md, html, json (md)");
  }

  @Test
  void aMisspeltWord_isToldWithTheOneThatIsNear() {
    assertThat(run("staus").err())
        .isEqualTo(
            "Unmatched argument at index 0: 'staus' (did you mean \"status\"?)\n"
                + "lockkeeper --help tells how it is used\n");
    assertThat(run("list", "--stats", "x").err()).contains("(did you mean \"--status\"?)");
  }

  @Test
  void aWildWord_isToldWithoutAGuess() {
    Ran ran = run("xylophone");

    assertThat(ran.code()).isEqualTo(Exit.USAGE);
    assertThat(ran.err())
        .isEqualTo(
            "Unmatched argument at index 0: 'xylophone'\nlockkeeper --help tells how it is used\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "demo", "api", "worker"})
  void aService_takesNoJson(String service) {
    Ran ran =
        service.equals("api")
            ? run("--json", service, "--database-url", "x", "--database-password", "env:X")
            : service.equals("worker")
                ? run("--json", service, "--api", "http://127.0.0.1:1")
                : run("--json", service);

    assertThat(ran.code()).isEqualTo(Exit.USAGE);
    assertThat(ran.err()).startsWith(service + " runs a service and prints no answer");
  }

  private static Ran run(String... words) {
    return Cli.run(Map.of(), words);
  }
}
