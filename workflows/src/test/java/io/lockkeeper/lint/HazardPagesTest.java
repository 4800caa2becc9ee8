package io.lockkeeper.lint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.change.ChangeReader;
import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Finding.Severity;
import io.lockkeeper.finding.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every hazard has its page, and what the page shows is so. */
class HazardPagesTest {
  private static final String INDEX = "index.md";

  private static List<Finding> lint(Map<String, String> bundle) {
    TreeMap<String, byte[]> files = new TreeMap<>();
    bundle.forEach((name, text) -> files.put(name, text.getBytes(UTF_8)));
    Findings findings = new Findings();
    ChangeReader.read(files, findings);
    return findings.all();
  }

  private static List<String> codes(Map<String, String> bundle) {
    return lint(bundle).stream().map(Finding::code).distinct().toList();
  }

  @ParameterizedTest
  @EnumSource(Hazard.class)
  void everyBadExample_isFoundWithHazardSafeWayAndPage(Hazard hazard) {
    for (Map<String, String> bundle : HazardPage.of(hazard.code()).bundles("Bad")) {
      List<Finding> found =
          lint(bundle).stream().filter(f -> f.code().equals(hazard.code())).toList();

      assertThat(found).describedAs("%s", bundle).isNotEmpty();
      assertThat(found)
          .allSatisfy(
              finding -> {
                assertThat(finding.hazard()).isPresent();
                assertThat(finding.safeWay()).isPresent();
                assertThat(finding.page()).isEqualTo("deploy/docs/checks/" + hazard.code() + ".md");
              });
    }
  }

  @ParameterizedTest
  @EnumSource(Hazard.class)
  void noGoodExample_hasTheFindingOrAnyError(Hazard hazard) {
    for (Map<String, String> bundle : HazardPage.of(hazard.code()).bundles("Good")) {
      List<Finding> found = lint(bundle);

      assertThat(found)
          .describedAs("%s", bundle)
          .noneMatch(finding -> finding.code().equals(hazard.code()) && !exempt(hazard, finding))
          .noneMatch(finding -> finding.severity() == Severity.ERROR);
    }
  }

  /** The cases are forward-only, so that those which are not about the way back need none. */
  private static boolean exempt(Hazard hazard, Finding finding) {
    return hazard == Hazard.NO_WAY_BACK && finding.message().contains("it is a case");
  }

  /** The same words where they are no statement: in comments, strings, dollar quotes. */
  @ParameterizedTest
  @EnumSource(Hazard.class)
  void wordsOfTheBadExample_meanNothingInCommentsAndQuotes(Hazard hazard) {
    for (Map<String, String> bundle : HazardPage.of(hazard.code()).bundles("Bad")) {
      Map<String, String> quoted = new TreeMap<>(Map.of("change.yaml", bundle.get("change.yaml")));
      if (hazard == Hazard.CUT_BY_YAML || hazard == Hazard.WRONG_WAY_ROUND) {
        quoted.put("change.yaml", inYaml(bundle.get("change.yaml")));
      } else {
        quoted.replaceAll((name, text) -> text.replaceFirst("(?s)sections:.*", ""));
      }
      String sql =
          bundle.entrySet().stream()
              .filter(file -> file.getKey().endsWith(".sql"))
              .map(Map.Entry::getValue)
              .collect(Collectors.joining("\n"));
      quoted.put("sql/10_a.sql", inSql(sql));

      assertThat(codes(quoted)).isSubsetOf("no-way-back").doesNotContain(notNeeded(hazard));
    }
  }

  private static String notNeeded(Hazard hazard) {
    return hazard == Hazard.NO_WAY_BACK ? "none" : hazard.code();
  }

  private static String inSql(String sql) {
    return sql.lines().map(line -> "-- " + line + "\n").collect(Collectors.joining())
        + "/* "
        + sql
        + " */\nCOMMENT ON TABLE orders IS '"
        + sql.replace("'", "''")
        + "';\nSELECT $lint$"
        + sql
        + "$lint$, E'"
        + sql.replace("\\", "\\\\").replace("'", "\\'")
        + "';\n";
  }

  private static String inYaml(String change) {
    String head = change.substring(0, change.indexOf("through: [dev]"));
    String rest = change.substring(head.length() + "through: [dev]".length());
    return head
        + "through: [dev]\n"
        + rest.lines().map(line -> "# " + line + "\n").collect(Collectors.joining())
        + "labels: { words: '"
        + rest.trim().replace("'", "''").replace("\n", " ")
        + "' }\n";
  }

  @ParameterizedTest
  @EnumSource(Hazard.class)
  void page_saysWhatTheFindingSays(Hazard hazard) {
    HazardPage page = HazardPage.of(hazard.code());
    Finding finding = hazard.found("a.sql", 1, 1, "message", Optional.empty());

    assertThat(page.text())
        .startsWith("# " + hazard.code() + "\n\n**" + hazard.severity().text() + "**")
        .contains("\n" + finding.hazard().orElseThrow() + "\n")
        .contains("\n" + finding.safeWay().orElseThrow() + "\n");
    assertThat(page.under("Why").length()).isGreaterThan(60);
    assertThat(page.under("To accept it").length()).isGreaterThan(30);
  }

  @Test
  void index_listsEveryCodeAndNothingElse() throws IOException {
    String table =
        Arrays.stream(Hazard.values())
            .map(
                hazard ->
                    "| [%s](%s.md) | %s | %s |\n"
                        .formatted(
                            hazard.code(),
                            hazard.code(),
                            hazard.severity().text(),
                            hazard
                                .found("a.sql", 1, 1, "m", Optional.empty())
                                .hazard()
                                .orElseThrow()))
            .collect(Collectors.joining());
    Set<String> pages;
    try (Stream<Path> files = Files.list(HazardPage.FOLDER)) {
      pages =
          files
              .map(file -> file.getFileName().toString().replace(".md", ""))
              .collect(Collectors.toCollection(TreeSet::new));
    }
    Set<String> codes =
        Arrays.stream(Hazard.values())
            .map(Hazard::code)
            .collect(Collectors.toCollection(TreeSet::new));
    codes.add("index");

    assertThat(Files.readString(HazardPage.FOLDER.resolve(INDEX))).endsWith(table);
    assertThat(pages).isEqualTo(codes);
  }
}
