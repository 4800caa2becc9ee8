package io.lockkeeper.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.change.BackupRule.How;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.json.Json;
import io.lockkeeper.plan.ExpandedChange;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackupRuleTest {
  private static final String SHORTEST =
      """
      change: one-index
      why: One index for the screener
      through: [dev]
      """;

  private static Bundle bundle(String line) {
    return Bundles.of(SHORTEST + line + "\n");
  }

  private static BackupRule rule(String line) {
    return bundle(line).change().through().get(0).backup();
  }

  private static List<String> findings(String line) {
    return Bundles.findings(SHORTEST + line + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "backup: none | none",
        "backup: taken | taken",
        "backup: verified | verified",
        "backup: latest | latest, at most 24h old",
        "backup: {how: taken} | taken",
        "backup: {within: 5m} | verified, within 5m",
        "backup: {from: other-change} | latest, at most 24h old, of other-change",
        "backup: {from: other-change.backup} | latest, at most 24h old, of other-change",
        "backup: {max_age: 2d} | latest, at most 2d old",
        "backup: {how: latest, max_age: 6h, within: 10m, from: x-06-backup} | latest, at most 6h"
            + " old, of x-06-backup, within 10m",
        "backup: {how: verified, name: '{environment}_{date}_{time}'} | verified, named"
            + " {environment}_{date}_{time}",
      })
  void form_isReadAsItIsMeant(String line, String text) {
    assertThat(rule(line).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "backup: {how: always} | 4:15: error unknown-value: backup.how: \"always\" is not one of"
            + " none, taken, verified, latest",
        "backup: {how: verified, max_age: 24h} | 4:34: error idle-key: backup.max_age: it is for a"
            + " backup that was taken elsewhere: write how: latest",
        "backup: {how: taken, from: other-change} | 4:28: error idle-key: backup.from: it is for a"
            + " backup that was taken elsewhere: write how: latest",
        "backup: {how: latest, name: x} | 4:29: error idle-key: backup.name: one that was taken"
            + " elsewhere has its name already",
        "backup: {how: none, within: 5m} | 4:29: error idle-key: backup.within: nothing is backed"
            + " up: leave it out",
        "backup: {from: one-index} | 4:16: error itself: backup.from: \"one-index\" is this change"
            + " itself: leave it out",
        "backup: {from: 'a b'} | 4:16: error change-name: backup.from: \"a b\" is not the name of a"
            + " change",
        "backup: {max_age: old} | 4:19: error not-a-duration: backup.max_age: \"old\" is not a"
            + " duration: write a number with ms, s, m, h or d, such as 24h",
        "backup: {name: '{day}'} | 4:16: error odd-name: backup.name: {day} is not one of {date},"
            + " {time}, {environment}, {target}, {change}, {promotion}",
        "backup: {name: ../up} | 4:16: error odd-name: backup.name: \"../up\" is not a plain name:"
            + " letters, digits, dots, _ and -, and in braces date, time, environment, target,"
            + " change, promotion",
        "backup: {name: whole.part} | 4:16: error odd-name: backup.name: \"whole.part\" is not a"
            + " plain name: letters, digits, dots, _ and -, and in braces date, time, environment,"
            + " target, change, promotion",
        "backup: {kind: pg_dump} | 4:10: error unknown-key: backup: unknown key \"kind\" of a"
            + " backup",
      })
  void mistake_isFound(String line, String finding) {
    assertThat(findings(line)).containsExactly("change.yaml:" + finding);
  }

  /** Bundles of the first version have it so, and keep their hash. */
  @ParameterizedTest
  @EnumSource(
      value = How.class,
      names = {"NONE", "TAKEN", "VERIFIED"})
  void ruleThatIsAWord_isWrittenAsTheWord(How how) {
    BackupRule rule = BackupRule.of(how);

    assertThat(Json.text(rule)).isEqualTo("\"" + how + "\"");
    assertThat(Json.read(Json.text(rule), BackupRule.class)).isEqualTo(rule);
    assertThat(
            bundle("backup: {how: " + how.name().toLowerCase(java.util.Locale.ROOT) + "}").hash())
        .isEqualTo(bundle("backup: " + how.name().toLowerCase(java.util.Locale.ROOT)).hash());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "backup: latest",
        "backup: {how: latest, max_age: 6h, within: 90s, from: other-change}",
        "backup: {how: taken, name: 'nightly-{date}', within: 1h}",
      })
  void longForm_readsBackAsItself(String line) {
    Bundle bundle = bundle(line);

    assertThat(Bundle.parse(bundle.canonical()).change()).isEqualTo(bundle.change());
    assertThat(bundle(line).hash()).isNotEqualTo(bundle("backup: verified").hash());
    String expanded = ExpandedChange.yaml(bundle.change());
    assertThat(Bundles.of(expanded).hash()).isEqualTo(bundle.hash());
  }

  /** Whatever stands in the place of a value: a rule or findings, never an exception. */
  @ParameterizedTest
  @ValueSource(strings = {"null", "''", "[]", "{}", "[[]]", "{a: {b: []}}", "-1", "true", "'*'"})
  void valueOfAnyShape_isReadOrFound(String odd) {
    findings("backup: " + odd);
    for (String key : List.of("how", "name", "max_age", "within", "from")) {
      findings("backup: {" + key + ": " + odd + "}");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "menuca-06-backup-1, true",
    "menuca-06-backup-12, true",
    "menuca-06-backup, false",
    "menuca-06-backup-1-2, false",
    "my-menuca-06-backup-1, false",
    "'', false",
  })
  void backupOfAChange_isThatOfItsPromotionsAlone(String promotion, boolean wanted) {
    BackupRule rule = rule("backup: {from: menuca-06-backup}");

    assertThat(rule.isFor(promotion)).isEqualTo(wanted);
    assertThat(BackupRule.of(How.LATEST).isFor(promotion)).isTrue();
  }

  @Test
  void ruleThatContradictsItself_isRefused() {
    assertThatThrownBy(
            () ->
                new BackupRule(
                    How.TAKEN,
                    Optional.empty(),
                    Optional.of(Duration.ofHours(1)),
                    Optional.empty(),
                    Optional.empty()))
        .hasMessage("an age for TAKEN");
    assertThatThrownBy(
            () ->
                new BackupRule(
                    How.NONE,
                    Optional.of("x"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()))
        .hasMessage("a name for NONE");
  }

  @Test
  void name_isFilledWithWhatIsPlain() {
    assertThat(
            BackupName.fill(
                "{target}.{date}-{x}", Map.of("target", "a b/../c", "date", "2026-11-21")))
        .isEqualTo("a_b_.._c.2026-11-21-");
  }
}
