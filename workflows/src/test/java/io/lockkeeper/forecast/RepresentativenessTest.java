package io.lockkeeper.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.environment.Survey.Table;
import io.lockkeeper.environment.TargetLook;
import io.lockkeeper.step.Evidence.Item;
import io.lockkeeper.step.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepresentativenessTest {
  private static final long MB = 1_000_000;

  private static TargetLook look(String server, String memory, Table... tables) {
    return new TargetLook(
        server, List.of(tables), Map.of("work_mem", memory, "jit", "on"), List.of());
  }

  private static List<Item> judge(TargetLook there, TargetLook here) {
    return Representativeness.of("staging", Optional.of(there), "production", here);
  }

  private static Item table(Table there, Table here) {
    return judge(look("15.18", "4MB", there), look("15.18", "4MB", here)).get(1);
  }

  @Test
  void equalOnes_passWithTheirFigures() {
    TargetLook look = look("15.18", "4MB", new Table("public.t", 10_000_000, 1200 * MB));

    assertThat(judge(look, look))
        .containsExactly(
            new Item("server", Verdict.PASS, "15.18 in both"),
            new Item(
                "table public.t",
                Verdict.PASS,
                "1.20 GB and about 10,000,000 rows in staging; 1.20 GB and about 10,000,000 rows in"
                    + " production: × 1.0"),
            new Item("settings", Verdict.PASS, "2 compared, all the same"));
  }

  /** MB and rows of staging, then of production. */
  @ParameterizedTest
  @CsvSource({
    "100, 1000, 200, 2000, PASS",
    "100, 1000, 201, 1000, INCONCLUSIVE",
    "100, 1000, 100, 2001, INCONCLUSIVE",
    "100, 1000, 1000, 1000, INCONCLUSIVE",
    "100, 1000, 1001, 1000, FAIL",
    "100, 1000, 100, 10001, FAIL",
    // The easier exam comes after.
    "1000, 10000, 100, 1000, PASS",
    // Small ones tell nothing, and need not.
    "0, 1, 8, 90000, PASS",
    // Rows are known after an ANALYZE.
    "100, 0, 100, 1000, INCONCLUSIVE",
    "100, 1000, 100, 0, INCONCLUSIVE",
    "100, 0, 2000, 0, FAIL",
  })
  void tables_areJudgedBySizeOrRows_whicheverDiffersMore(
      long size, long rows, long nextSize, long nextRows, Verdict verdict) {
    Item item =
        table(
            new Table("public.t", rows, size * MB), new Table("public.t", nextRows, nextSize * MB));

    assertThat(item.verdict()).isEqualTo(verdict);
  }

  @Test
  void tableThatIsMissingBefore_fails() {
    List<Item> items =
        judge(look("15.18", "4MB"), look("15.18", "4MB", new Table("public.t", 1, 8192)));

    assertThat(items.get(1))
        .isEqualTo(new Item("table public.t", Verdict.FAIL, "is in production and not in staging"));
  }

  /** Each side tells of its own largest. */
  @Test
  void tableThatMayBeAmongThoseThatAreNotTold_isInconclusive() {
    Table[] largest =
        IntStream.range(0, 30)
            .mapToObj(i -> new Table("public.t" + i, 1000, 20 * MB))
            .toArray(Table[]::new);
    TargetLook here = look("15.18", "4MB", new Table("public.grown", 1000, 100 * MB));

    assertThat(judge(look("15.18", "4MB", largest), here).get(1))
        .isEqualTo(
            new Item(
                "table public.grown",
                Verdict.INCONCLUSIVE,
                "is not among the 30 largest of staging, which are told"));
    assertThat(judge(look("15.18", "4MB", Arrays.copyOf(largest, 29)), here).get(1).verdict())
        .isEqualTo(Verdict.FAIL);
    assertThat(
            Representativeness.formerly(
                    "staging", Optional.of(look("15.18", "4MB", largest)), "production", here)
                .get(1)
                .sentence())
        .as("as it stands in what people signed then")
        .isEqualTo("is in production and not in staging");
  }

  @Test
  void anotherMajorVersion_fails_andAnotherMinorPasses() {
    assertThat(judge(look("14.2", "4MB"), look("15.18", "4MB")).get(0))
        .isEqualTo(
            new Item(
                "server",
                Verdict.FAIL,
                "14.2 in staging, 15.18 in production: another major version, which may plan and"
                    + " lock otherwise"));
    assertThat(judge(look("15.17", "4MB"), look("15.18", "4MB")).get(0).verdict())
        .isEqualTo(Verdict.PASS);
  }

  @Test
  void otherSettings_areInconclusive_andNamed() {
    assertThat(judge(look("15.18", "4MB"), look("15.18", "64MB")).get(1))
        .isEqualTo(
            new Item(
                "settings",
                Verdict.INCONCLUSIVE,
                "work_mem is 4MB in staging and 64MB in production"));
  }

  @Test
  void whatNobodyTold_isInconclusive() {
    assertThat(
            Representativeness.of("staging", Optional.empty(), "production", look("15.18", "4MB")))
        .containsExactly(
            new Item("staging", Verdict.INCONCLUSIVE, "nobody told what staging is like"));
  }
}
