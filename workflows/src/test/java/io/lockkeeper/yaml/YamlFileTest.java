package io.lockkeeper.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Findings;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlFileTest {
  private static final KeySet KEYS =
      KeySet.of("a thing")
          .key("name", "text")
          .key("soak", "duration")
          .key("steps", "list")
          .later("window")
          .build();

  private static List<String> findings(String text) {
    return findings(text, root -> root.map(KEYS));
  }

  private static List<String> findings(String text, Consumer<YamlValue> reading) {
    Findings findings = new Findings();
    YamlFile.read("thing.yaml", text, findings).ifPresent(reading);
    return findings.all().stream().map(Finding::text).toList();
  }

  private static YamlValue value(String text) {
    return YamlFile.read("thing.yaml", text, new Findings()).orElseThrow();
  }

  @Test
  void knownKeys_areReadWithoutFindings() {
    assertThat(findings("name: a # a comment\nsoak: 24h\nsteps: [x, y]\n")).isEmpty();
  }

  @Test
  void unknownKey_isToldWithItsPlaceAndWhatWasMeant() {
    assertThat(findings("name: a\nsoka: 24h\n"))
        .containsExactly(
            "thing.yaml:2:1: error unknown-key: unknown key \"soka\" of a thing"
                + " (did you mean \"soak\"?)");
  }

  @Test
  void unknownKeyLikeNoOther_isToldWithoutAGuess() {
    assertThat(findings("name: a\nsomething: else\n"))
        .containsExactly("thing.yaml:2:1: error unknown-key: unknown key \"something\" of a thing");
  }

  @Test
  void keyThatIsNotSupported_isNotGuessedAsWhatWasMeant() {
    assertThat(findings("windo: any\n"))
        .containsExactly("thing.yaml:1:1: error unknown-key: unknown key \"windo\" of a thing");
  }

  @Test
  void keyOfALaterVersion_isRefusedByName() {
    assertThat(findings("name: a\nwindow: any\n"))
        .containsExactly(
            "thing.yaml:2:1: error not-supported-yet: \"window\" is not supported yet:"
                + " leave it out");
  }

  @Test
  void duplicateKey_isToldAtTheSecond() {
    assertThat(findings("name: a\nsoak: 1h\nname: b\n"))
        .containsExactly("thing.yaml:3:1: error duplicate-key: the key \"name\" stands here twice");
  }

  @Test
  void duplicateKey_keepsTheFirst() {
    Optional<String> name = value("name: a\nname: b\n").map(KEYS).get("name").orElseThrow().text();

    assertThat(name).hasValue("a");
  }

  @Test
  void anchorAndAlias_areBothRefused() {
    assertThat(findings("name: &n a\nsoak: *n\n"))
        .containsExactly(
            "thing.yaml:1:7: error yaml-anchor: anchors are not allowed: write the value out",
            "thing.yaml:2:7: error yaml-anchor: aliases are not allowed: write the value out");
  }

  @Test
  void anchorOfAMapping_isRefused() {
    assertThat(findings("steps: &s {a: b}\n"))
        .containsExactly(
            "thing.yaml:1:8: error yaml-anchor: anchors are not allowed: write the value out");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"!!str a", "!!int 5", "!local a", "!!map {a: b}", "!!seq [a]", "!<tag:x,1:y> a"})
  void tag_isRefused(String tagged) {
    assertThat(findings("name: " + tagged + "\n"))
        .containsExactly(
            "thing.yaml:1:7: error yaml-tag: tags are not allowed: write the plain value");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"24h\"", "'24h'", "24h", "|-\n  24h", ">-\n  24h"})
  void everyStyleOfScalar_isTheSameText(String written) {
    Optional<String> text = value("soak: " + written).map(KEYS).get("soak").orElseThrow().text();

    assertThat(text).hasValue("24h");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "steps: [a | 2:1: error yaml-syntax: not YAML: expected ',' or ']', but got"
            + " <stream end>",
        "name: a: b | 1:8: error yaml-syntax: not YAML: mapping values are not allowed here",
        "name: 'a | 2:1: error yaml-syntax: not YAML: found unexpected end of stream",
        "name: %x | 1:7: error yaml-syntax: not YAML: found character '%' that cannot start any"
            + " token. (Do not use % for indentation)"
      })
  void brokenYaml_isToldAtItsPlace(String text, String expected) {
    assertThat(findings(text + "\n")).singleElement().asString().startsWith("thing.yaml:");
    assertThat(findings(text + "\n")).containsExactly("thing.yaml:" + expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "# only a comment\n", "\uFEFF"})
  void emptyFile_isRefused(String text) {
    assertThat(findings(text))
        .containsExactly("thing.yaml:1:1: error yaml-empty: the file is empty");
  }

  @Test
  void secondDocument_isRefused() {
    assertThat(findings("name: a\n---\nname: b\n"))
        .containsExactly("thing.yaml:2:1: error yaml-syntax: not YAML: but found another document");
  }

  @ParameterizedTest
  @CsvSource({"'- a', a list", "a, a text", "'null', nothing"})
  void rootThatIsNoMapping_isRefused(String text, String shape) {
    assertThat(findings(text))
        .containsExactly("thing.yaml:1:1: error wrong-shape: expected a mapping, found " + shape);
  }

  @Test
  void keyThatIsNotAText_isToldAtItsPlace() {
    assertThat(findings("name: a\n? [x, y]\n: b\n"))
        .containsExactly("thing.yaml:2:3: error wrong-shape: a key must be a text");
  }

  @Test
  void nestedWithoutEnd_isAFindingAndNotAnOverflow() {
    String deep = "steps: " + "[".repeat(5_000) + "]".repeat(5_000);

    assertThat(findings(deep))
        .containsExactly("thing.yaml:1:107: error yaml-syntax: nested over 100 deep: flatten it");
  }

  @Test
  void largerThanTheLimit_isRefused() {
    String large = "name: " + "a".repeat(3_000_001);

    assertThat(findings(large))
        .singleElement()
        .asString()
        .startsWith("thing.yaml:1:1: error yaml-syntax: not YAML: The incoming YAML document");
  }

  @Test
  void missingKey_isToldAtTheMapping() {
    assertThat(findings("soak: 1h\n", root -> root.map(KEYS).require("name")))
        .containsExactly("thing.yaml:1:1: error missing-key: the key \"name\" is missing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text   | [a]   | wrong-shape: soak: expected a text, found a list",
        "text   | {a: b} | wrong-shape: soak: expected a text, found a mapping",
        "text   | null  | wrong-shape: soak: expected a text, found nothing",
        "bool   | yes   | wrong-shape: soak: expected true or false, found \"yes\"",
        "count  | 1.5   | wrong-shape: soak: expected a whole number, found \"1.5\"",
        "count  | -1    | wrong-shape: soak: expected a whole number, found \"-1\"",
        "count  | 1234567890 | wrong-shape: soak: expected a whole number, found \"1234567890\"",
        "list   | a     | wrong-shape: soak: expected a list, found a text",
        "entries | [a]  | wrong-shape: soak: expected a mapping, found a list",
        "word   | medum | unknown-value: soak: \"medum\" is not one of low, medium"
            + " (did you mean \"medium\"?)",
        "parsed | x     | bad-thing: soak: no such thing"
      })
  void valueOfAnotherShape_isToldWithItsPath(String getter, String written, String expected) {
    List<String> found =
        findings(
            "soak: " + written + "\n",
            root -> root.map(KEYS).get("soak").ifPresent(value -> get(getter, value)));

    assertThat(found).containsExactly("thing.yaml:1:7: error " + expected);
  }

  private static void get(String getter, YamlValue value) {
    switch (getter) {
      case "text" -> assertThat(value.text()).isEmpty();
      case "bool" -> assertThat(value.bool()).isEmpty();
      case "count" -> assertThat(value.count()).isEmpty();
      case "list" -> assertThat(value.list()).isEmpty();
      case "entries" -> assertThat(value.entries()).isEmpty();
      case "word" -> assertThat(value.oneOf(List.of("low", "medium"))).isEmpty();
      case "parsed" -> assertThat(value.parsed("bad-thing", YamlFileTest::nothing)).isEmpty();
      default -> throw new IllegalArgumentException(getter);
    }
  }

  private static String nothing(String text) {
    throw new IllegalArgumentException("no such thing");
  }

  @Test
  void pathOfAValue_leadsToIt() {
    YamlValue steps = value("steps: [{a: x}, {a: y}]").entries().get("steps");

    YamlValue second = steps.list().get(1).entries().get("a");

    assertThat(second.path()).isEqualTo("steps[1].a");
    assertThat(second.text()).hasValue("y");
    assertThat(second.line()).isEqualTo(1);
  }

  @Test
  void oneLineOrAList_isReadAlike() {
    assertThat(value("steps: a").entries().get("steps").texts()).containsExactly("a");
    assertThat(value("steps: [a, b]").entries().get("steps").texts()).containsExactly("a", "b");
  }
}
