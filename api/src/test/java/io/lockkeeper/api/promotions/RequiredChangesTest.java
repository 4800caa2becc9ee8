package io.lockkeeper.api.promotions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.api.promotions.RequiredChanges.Flown;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.ChangeReader;
import io.lockkeeper.environment.EnvironmentFacts;
import io.lockkeeper.environment.EnvironmentFacts.TargetFacts;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.journal.Status;
import io.lockkeeper.plan.Flight;
import io.lockkeeper.plan.FlightPlanner;
import io.lockkeeper.plan.Overrides;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequiredChangesTest {
  private static Bundle bundle() {
    TreeMap<String, byte[]> files = new TreeMap<>();
    files.put(
        "change.yaml",
        """
        change: second
        why: it builds on the first
        through:
          - staging
          - production: { requires: [first] }
        """
            .getBytes(UTF_8));
    files.put("sql/10_one.sql", "CREATE INDEX CONCURRENTLY one ON t (a);".getBytes(UTF_8));
    Findings findings = new Findings();
    return ChangeReader.read(files, findings)
        .orElseThrow(() -> new AssertionError(findings.all().toString()));
  }

  private static Flight flight(Bundle bundle, String selected) {
    TargetFacts main =
        new TargetFacts("main", "postgresql", Optional.empty(), Optional.empty(), Optional.empty());
    return FlightPlanner.plan(
        bundle,
        Map.of(
            "staging", new EnvironmentFacts("staging", false, true, List.of(main)),
            "production", new EnvironmentFacts("production", false, true, List.of(main))),
        Overrides.NONE,
        List.of(selected.split(" ")));
  }

  /** {@code first-2 SOAKING staging+production}, the newest first. */
  private static List<Flown> flown(String lines) {
    return lines == null
        ? List.of()
        : Arrays.stream(lines.split(", "))
            .map(line -> line.split(" "))
            .map(p -> new Flown(p[0], Status.valueOf(p[1]), Set.of(p[2].split("\\+"))))
            .toList();
  }

  private static Optional<ProblemException> refusal(String selected, String promotions) {
    Bundle bundle = bundle();
    return Optional.ofNullable(
        catchThrowableOfType(
            ProblemException.class,
            () ->
                RequiredChanges.refuse(
                    bundle.change(),
                    flight(bundle, selected),
                    name -> name.equals("first") ? flown(promotions) : List.of())));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "staging production | first-1 COMPLETE staging+production",
        "production | first-1 COMPLETE production",
        "production | first-2 ROLLED_BACK production, first-1 COMPLETE production",
        "staging |",
        "staging | first-1 FAILED staging",
      })
  void requiredChangeThatIsCompleteThere_letsStart(String selected, String promotions) {
    assertThat(refusal(selected, promotions)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "staging production | | it was never promoted | Promote first first",
        "production | first-1 COMPLETE staging | it was never promoted | Promote first first",
        "production | first-1 SOAKING staging+production | first-1 is SOAKING | Wait for the end of"
            + " first-1",
        "production | first-1 ROLLED_BACK production | first-1 is ROLLED_BACK | Promote first"
            + " first",
        "production | first-2 ABORTED production, first-1 FAILED production | first-2 is ABORTED |"
            + " Promote first first",
      })
  void requiredChangeThatIsNot_isNamedWithItsStatus(
      String selected, String promotions, String stands, String advice) {
    ProblemException refused = refusal(selected, promotions).orElseThrow();

    assertThat(refused.problem().status()).isEqualTo(409);
    assertThat(refused.problem().code()).isEqualTo("required-change");
    assertThat(refused.problem().detail())
        .isEqualTo(
            "second requires first to be COMPLETE in production, and there "
                + stands
                + ". Nothing was started. "
                + advice);
  }
}
