package io.lockkeeper.deploy.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import io.lockkeeper.activities.violations.KnowsTheApi;
import io.lockkeeper.activities.violations.WritesPastTheFence;
import io.lockkeeper.api.violations.KnowsTargets;
import io.lockkeeper.plan.violations.KnowsSoaks;
import io.lockkeeper.promotion.violations.KnowsActivities;
import io.lockkeeper.promotion.violations.OpensAFile;
import io.lockkeeper.promotion.violations.Prints;
import io.lockkeeper.promotion.violations.ReadsTheClock;
import io.lockkeeper.promotion.violations.StartsAThread;
import io.lockkeeper.promotion.violations.ThrowsDice;
import io.lockkeeper.soak.violations.KnowsPlans;
import io.lockkeeper.step.violations.KnowsPromotions;
import io.lockkeeper.worker.otherviolations.KnowsViolations;
import io.lockkeeper.worker.violations.KnowsOthers;
import io.lockkeeper.worker.violations.KnowsTheCommandLine;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule holds, and every rule reports the class that was planted to break it. */
class ArchitectureTest {
  private static JavaClasses ours;

  @BeforeAll
  static void readOurs() {
    ours =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.lockkeeper");
  }

  static Stream<Arguments> rules() {
    return Stream.of(
        Arguments.of(Rules.workflowsKnowNoOtherModule(), List.of(KnowsActivities.class)),
        Arguments.of(Rules.activitiesKnowWorkflowsAlone(), List.of(KnowsTheApi.class)),
        Arguments.of(
            Rules.workerKnowsWorkflowsAndActivitiesAlone(), List.of(KnowsTheCommandLine.class)),
        Arguments.of(Rules.apiKnowsWorkflowsAlone(), List.of(KnowsTargets.class)),
        Arguments.of(Rules.stepsAndLimitsKnowNoPromotion(), List.of(KnowsPromotions.class)),
        Arguments.of(
            Rules.whatIsReplayedTouchesNoWorld(),
            List.of(OpensAFile.class, StartsAThread.class, ThrowsDice.class)),
        Arguments.of(Rules.whatIsReplayedReadsNoClock(), List.of(ReadsTheClock.class)),
        Arguments.of(Rules.onlyTheCommandLinePrints(), List.of(Prints.class)),
        Arguments.of(Rules.onlyTheFenceWritesOnTargets(), List.of(WritesPastTheFence.class)),
        Arguments.of(Rules.concepts(), List.of(KnowsPlans.class, KnowsSoaks.class)),
        Arguments.of(
            Rules.packagesOf("worker"), List.of(KnowsOthers.class, KnowsViolations.class)));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void rule_holds(ArchRule rule) {
    rule.check(ours);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void rule_reportsWhatBreaksIt(ArchRule rule, List<Class<?>> planted) {
    EvaluationResult result = rule.evaluate(new ClassFileImporter().importClasses(planted));

    assertThat(result.getFailureReport().toString())
        .contains(planted.stream().map(Class::getName).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"activities", "worker", "api", "deploy"})
  void packagesOfAModule_haveNoCycles(String module) {
    Rules.packagesOf(module).check(ours);
  }

  @Test
  void allModules_areLookedAt() {
    assertThat(Stream.of("activities", "worker", "api", "deploy", "promotion", "change"))
        .allSatisfy(
            part ->
                assertThat(ours.stream())
                    .anyMatch(type -> type.getPackageName().startsWith("io.lockkeeper." + part)));
  }
}
