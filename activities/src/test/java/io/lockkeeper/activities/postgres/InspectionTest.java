package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.postgres.Inspection.Decision;
import io.lockkeeper.activities.postgres.PlannedIndex.Print;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.Unit;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InspectionTest {
  private static final QualifiedName STOCKS = new QualifiedName(Optional.of("public"), "stocks");
  private static final String MEANT = "CREATE INDEX CONCURRENTLY idx_sector ON stocks (sector)";
  private static final String SAME =
      "CREATE INDEX idx_sector ON public.stocks USING btree (sector)";
  private static final String OTHER =
      "CREATE INDEX idx_sector ON public.stocks USING btree (market_cap)";
  private static final int NOBODY = 0;
  private static final int SOMEBODY = 4711;

  private static PlannedIndex planned(String statement) {
    CreateIndex meaning = (CreateIndex) Unit.read(statement).get(0).statements().get(0).meaning();
    QualifiedName name = new QualifiedName(Optional.of("public"), meaning.name());
    return new PlannedIndex(
        name, STOCKS, meaning, statement, new Print.Printed("USING btree (sector)"));
  }

  private static FoundIndex found(boolean valid, String definition, int builder) {
    return new FoundIndex(16_400, true, STOCKS, valid, definition, builder, 8_192, 0);
  }

  private static Decision decide(FoundIndex found, boolean intended) {
    return Inspection.decide(planned(MEANT), Optional.of(found), intended, false);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingOfThatName_runs(boolean intended) {
    assertThat(Inspection.decide(planned(MEANT), Optional.empty(), intended, false))
        .isEqualTo(Decision.RUN);
  }

  @ParameterizedTest
  @CsvSource({
    // valid, same definition, being built, intended -> decision
    "true,  true,  false, true,  DONE",
    "true,  true,  false, false, IN_THE_WAY",
    "true,  false, false, true,  IN_THE_WAY",
    "true,  false, false, false, IN_THE_WAY",
    "false, true,  false, true,  DROP_AND_RUN",
    "false, true,  false, false, IN_THE_WAY",
    "false, true,  true,  true,  IN_THE_WAY",
    "false, true,  true,  false, IN_THE_WAY",
    "false, false, false, true,  IN_THE_WAY",
    "false, false, true,  true,  IN_THE_WAY",
  })
  void somethingOfThatName_isDecidedByCatalogAndLedger(
      boolean valid, boolean same, boolean building, boolean intended, Decision decision) {
    FoundIndex found = found(valid, same ? SAME : OTHER, building ? SOMEBODY : NOBODY);

    assertThat(decide(found, intended)).isEqualTo(decision);
  }

  @ParameterizedTest
  @CsvSource({
    // valid, same definition, being built, intended -> decision
    "true,  true,  false, false, ADOPT",
    "true,  true,  false, true,  DONE",
    "true,  false, false, false, IN_THE_WAY",
    "false, true,  false, false, IN_THE_WAY",
    "false, true,  true,  false, IN_THE_WAY",
  })
  void whatIsThereAlready_countsWhereTheSectionTakesItAndItIsWhole(
      boolean valid, boolean same, boolean building, boolean intended, Decision decision) {
    FoundIndex found = found(valid, same ? SAME : OTHER, building ? SOMEBODY : NOBODY);

    assertThat(Inspection.decide(planned(MEANT), Optional.of(found), intended, true))
        .isEqualTo(decision);
  }

  @Test
  void tableOfThatName_isInTheWay() {
    FoundIndex table = new FoundIndex(16_400, false, STOCKS, false, "", NOBODY, 8_192, 0);

    assertThat(decide(table, true)).isEqualTo(Decision.IN_THE_WAY);
    assertThat(Inspection.describe(planned(MEANT), table))
        .isEqualTo("public.idx_sector is something that is not an index");
  }

  @Test
  void sameColumnsOnAnotherTable_isNotAsMeant() {
    QualifiedName other = new QualifiedName(Optional.of("archive"), "stocks");
    FoundIndex elsewhere = new FoundIndex(16_400, true, other, true, SAME, NOBODY, 8_192, 0);

    assertThat(decide(elsewhere, true)).isEqualTo(Decision.IN_THE_WAY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE UNIQUE INDEX idx_sector ON public.stocks USING btree (sector)",
        "CREATE INDEX idx_sector ON public.stocks USING hash (sector)",
        "CREATE INDEX idx_sector ON public.stocks USING btree (sector DESC)",
        "CREATE INDEX idx_sector ON public.stocks USING btree (sector, market_cap)",
        "CREATE INDEX idx_sector ON public.stocks USING btree (sector) INCLUDE (market_cap)",
        "CREATE INDEX idx_sector ON public.stocks USING btree (sector) WHERE (market_cap > 0)",
      })
  void oneDifference_isNotAsMeant(String shown) {
    assertThat(Inspection.asMeant(planned(MEANT), found(true, shown, NOBODY))).isFalse();
  }

  @Test
  void indexInTheWay_isDescribedWithItsBuilder() {
    assertThat(Inspection.describe(planned(MEANT), found(false, SAME, SOMEBODY)))
        .isEqualTo(
            "public.idx_sector is an INVALID index: " + SAME + ", being built by backend 4711");
  }
}
