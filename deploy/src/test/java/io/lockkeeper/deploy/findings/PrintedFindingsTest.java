package io.lockkeeper.deploy.findings;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Finding.Severity;
import io.lockkeeper.json.Json;
import io.lockkeeper.lint.Hazard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PrintedFindingsTest {
  private static final Finding HAZARD =
      Hazard.PLAIN_INDEX_BUILD.found(
          "sql/10 a.sql",
          3,
          7,
          "building i, 100 %: slow",
          Optional.of("CREATE INDEX CONCURRENTLY i\n  ON t (a);"));
  private static final Finding FORM =
      new Finding("unknown-key", Severity.ERROR, "change.yaml", 4, 1, "unknown key \"a\"");

  @Test
  void forPeople_hazardSafeWayAndReadySqlStandIndentedBelow() {
    assertThat(FindingText.lines(HAZARD))
        .containsExactly(
            "sql/10 a.sql:3:7: warning plain-index-build: building i, 100 %: slow",
            "  hazard: " + HAZARD.hazard().orElseThrow(),
            "  safe way: Build it CONCURRENTLY: nobody waits, it takes about twice as long.",
            "  ready SQL:",
            "    CREATE INDEX CONCURRENTLY i",
            "      ON t (a);",
            "  more: deploy/docs/checks/plain-index-build.md");
    assertThat(FindingText.lines(FORM))
        .containsExactly("change.yaml:4:1: error unknown-key: unknown key \"a\"");
    assertThat(FindingText.summary(List.of(FORM, HAZARD, FORM))).isEqualTo("2 errors, 1 warning");
    assertThat(FindingText.summary(List.of())).isEqualTo("no findings");
  }

  @Test
  void forGitHub_whatHasAMeaningThereIsEscaped() {
    assertThat(GitHubAnnotations.line(HAZARD, "db,x/sql:a/10 a.sql"))
        .startsWith(
            "::warning file=db%2Cx/sql%3Aa/10 a.sql,line=3,col=7,title=lockkeeper"
                + " plain-index-build::building i, 100 %25: slow%0A")
        .endsWith("%0ACREATE INDEX CONCURRENTLY i%0A  ON t (a);")
        .doesNotContain("\n");
    assertThat(GitHubAnnotations.line(FORM, "change.yaml"))
        .isEqualTo(
            "::error file=change.yaml,line=4,col=1,title=lockkeeper unknown-key::unknown key"
                + " \"a\"");
    Finding note = Hazard.SMALL_KEY.found("a.sql", 1, 1, "m", Optional.empty());
    assertThat(GitHubAnnotations.line(note, "a.sql")).startsWith("::notice ");
  }

  /** What section 3 of the standard asks of a log, a run, a rule and a result. */
  @Test
  void sarif_hasWhatTheStandardAsksFor() throws IOException {
    JsonNode log =
        new ObjectMapper().readTree(Sarif.text(List.of(FORM, HAZARD, FORM), f -> "db/" + f));

    assertThat(log.path("version").asText()).isEqualTo("2.1.0");
    assertThat(log.path("$schema").asText()).endsWith("sarif-schema-2.1.0.json");
    assertThat(log.path("runs")).hasSize(1);
    JsonNode run = log.path("runs").path(0);
    JsonNode driver = run.path("tool").path("driver");
    assertThat(driver.path("name").asText()).isEqualTo("lockkeeper");
    List<String> rules = new ArrayList<>();
    driver.path("rules").forEach(rule -> rules.add(rule.path("id").asText()));
    assertThat(rules).containsExactly("unknown-key", "plain-index-build");
    assertThat(driver.path("rules"))
        .allSatisfy(
            rule -> {
              assertThat(rule.path("shortDescription").path("text").asText()).isNotEmpty();
              assertThat(rule.path("help").path("text").asText()).contains("deploy/docs/");
            });
    assertThat(run.path("results")).hasSize(3);
    JsonNode result = run.path("results").path(1);
    assertThat(result.path("ruleId").asText()).isEqualTo("plain-index-build");
    assertThat(result.path("ruleIndex").asInt()).isEqualTo(1);
    assertThat(result.path("level").asText()).isEqualTo("warning");
    assertThat(result.path("message").path("text").asText()).startsWith("building i, 100 %: slow");
    JsonNode place = result.path("locations").path(0).path("physicalLocation");
    assertThat(place.path("artifactLocation").path("uri").asText()).isEqualTo("db/sql/10%20a.sql");
    assertThat(place.path("region").path("startLine").asInt()).isEqualTo(3);
    assertThat(place.path("region").path("startColumn").asInt()).isEqualTo(7);
  }

  @Test
  void sarifOfNothing_isARunWithoutResults() throws IOException {
    JsonNode run = new ObjectMapper().readTree(Sarif.text(List.of(), f -> f)).path("runs").path(0);

    assertThat(run.path("results").isArray()).isTrue();
    assertThat(run.path("results")).isEmpty();
  }

  @Test
  void findingOfAnOlderServer_isReadWithoutWhatItDidNotTell() {
    String old =
        "{\"code\":\"unknown-key\",\"severity\":\"ERROR\",\"file\":\"change.yaml\",\"line\":4,"
            + "\"column\":1,\"message\":\"unknown key \\\"a\\\"\"}";

    assertThat(Json.read(old, Finding.class)).isEqualTo(FORM);
    assertThat(Json.read(Json.text(HAZARD), Finding.class)).isEqualTo(HAZARD);
    assertThat(Json.tree(HAZARD).path("page").asText())
        .isEqualTo("deploy/docs/checks/plain-index-build.md");
    assertThat(Json.tree(HAZARD).path("safe_way").asText()).startsWith("Build it CONCURRENTLY");
  }
}
