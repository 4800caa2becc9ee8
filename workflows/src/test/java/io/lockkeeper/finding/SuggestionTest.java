package io.lockkeeper.finding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
  private static final List<String> KNOWN = List.of("soak", "watch", "precheck", "rollback_if");

  @ParameterizedTest
  @CsvSource({
    "soka, soak",
    "sok, soak",
    "soakk, soak",
    "wacth, watch",
    "prechecks, precheck",
    "rolback_if, rollback_if",
    "rollback-if, rollback_if"
  })
  void mistypedName_namesTheNearest(String written, String meant) {
    assertThat(Suggestion.didYouMean(written, KNOWN))
        .isEqualTo(" (did you mean \"" + meant + "\"?)");
  }

  @ParameterizedTest
  @CsvSource({"guard", "x", "''", "before_everything"})
  void nameLikeNoOther_namesNone(String written) {
    assertThat(Suggestion.didYouMean(written, KNOWN)).isEmpty();
  }

  @Test
  void twoEquallyNear_namesTheFirstByName() {
    assertThat(Suggestion.didYouMean("p96", List.of("p98", "p95"))).contains("p95");
  }
}
