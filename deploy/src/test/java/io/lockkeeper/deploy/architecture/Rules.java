package io.lockkeeper.deploy.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.lang.ArchRule;
import java.sql.Statement;
import java.util.List;
import java.util.Set;

/** What the parts may know of each other. Only {@code workflows} has bare concept packages. */
final class Rules {
  private static final String ACTIVITIES = "io.lockkeeper.activities..";
  private static final String WORKER = "io.lockkeeper.worker..";
  private static final String API = "io.lockkeeper.api..";
  private static final String DEPLOY = "io.lockkeeper.deploy..";

  /** Workflow code, and the decisions that it asks: replayed, so the same whenever it runs. */
  private static final String[] REPLAYED = {
    "io.lockkeeper.activity..",
    "io.lockkeeper.journal..",
    "io.lockkeeper.limit..",
    "io.lockkeeper.plan..",
    "io.lockkeeper.promotion..",
    "io.lockkeeper.report..",
    "io.lockkeeper.rollback..",
    "io.lockkeeper.section..",
    "io.lockkeeper.signoff..",
    "io.lockkeeper.soak..",
    "io.lockkeeper.stage..",
    "io.lockkeeper.step..",
  };

  private static final Set<String> CLOCKS_AND_CHANCE =
      Set.of(
          "java.lang.Math.random",
          "java.lang.System.currentTimeMillis",
          "java.lang.System.nanoTime",
          "java.lang.System.getenv",
          "java.lang.System.getProperty",
          "java.time.Instant.now",
          "java.time.LocalDate.now",
          "java.time.LocalDateTime.now",
          "java.time.OffsetDateTime.now",
          "java.time.ZonedDateTime.now",
          "java.util.UUID.randomUUID",
          "java.util.Collection.parallelStream",
          "java.util.List.parallelStream",
          "java.util.Set.parallelStream");

  private static final List<String> WORLD =
      List.of("java.net", "java.nio.file", "java.nio.channels", "java.sql", "javax.sql");

  private static final Set<String> CHANCE_AND_THREADS =
      Set.of(
          "java.lang.Thread",
          "java.lang.ProcessBuilder",
          "java.lang.Runtime",
          "java.security.SecureRandom",
          "java.time.Clock",
          "java.util.Random",
          "java.util.Timer",
          "org.slf4j.LoggerFactory");

  private Rules() {}

  static ArchRule workflowsKnowNoOtherModule() {
    return noClasses()
        .that()
        .resideInAPackage("io.lockkeeper..")
        .and()
        .resideOutsideOfPackages(ACTIVITIES, WORKER, API, DEPLOY)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ACTIVITIES, WORKER, API, DEPLOY);
  }

  static ArchRule activitiesKnowWorkflowsAlone() {
    return noClasses()
        .that()
        .resideInAPackage(ACTIVITIES)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(WORKER, API, DEPLOY);
  }

  static ArchRule workerKnowsWorkflowsAndActivitiesAlone() {
    return noClasses()
        .that()
        .resideInAPackage(WORKER)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(API, DEPLOY);
  }

  static ArchRule apiKnowsWorkflowsAlone() {
    return noClasses()
        .that()
        .resideInAPackage(API)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ACTIVITIES, WORKER, DEPLOY);
  }

  static ArchRule stepsAndLimitsKnowNoPromotion() {
    return noClasses()
        .that()
        .resideInAnyPackage(
            "io.lockkeeper.step..", "io.lockkeeper.limit..", "io.lockkeeper.section..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.lockkeeper.promotion..",
            "io.lockkeeper.soak..",
            "io.lockkeeper.stage..",
            "io.lockkeeper.plan..",
            "io.lockkeeper.journal..",
            "io.lockkeeper.report..");
  }

  static ArchRule whatIsReplayedTouchesNoWorld() {
    return noClasses()
        .that()
        .resideInAnyPackage(REPLAYED)
        .should()
        .dependOnClassesThat(describe("touch the world", Rules::touchesTheWorld));
  }

  static ArchRule whatIsReplayedReadsNoClock() {
    return noClasses()
        .that()
        .resideInAnyPackage(REPLAYED)
        .should(
            callMethodWhere(
                describe(
                    "it reads a clock, the surroundings or chance",
                    (JavaMethodCall call) ->
                        CLOCKS_AND_CHANCE.contains(
                            call.getTargetOwner().getName() + "." + call.getName()))));
  }

  static ArchRule onlyTheCommandLinePrints() {
    return noClasses()
        .that()
        .resideOutsideOfPackages("io.lockkeeper.deploy.cli..", "io.lockkeeper.deploy.demo..")
        .should(ACCESS_STANDARD_STREAMS);
  }

  static ArchRule onlyTheFenceWritesOnTargets() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.lockkeeper.activities.postgres..",
            // A copy of the whole database is made and dropped beside it, on the same server.
            "io.lockkeeper.activities.backup..",
            // The control plane's own database, and the embedded one that it is in.
            API,
            DEPLOY)
        .should(callMethodWhere(describe("it writes by JDBC", Rules::writes)));
  }

  static ArchRule concepts() {
    return slices().matching("io.lockkeeper.(*)..").should().beFreeOfCycles();
  }

  static ArchRule packagesOf(String module) {
    return slices().matching("io.lockkeeper." + module + ".(*)..").should().beFreeOfCycles();
  }

  private static boolean touchesTheWorld(JavaClass type) {
    String place = type.getPackageName();
    boolean world = WORLD.stream().anyMatch(w -> place.equals(w) || place.startsWith(w + "."));
    boolean stream = place.equals("java.io") && !harmless(type);
    boolean concurrent = place.startsWith("java.util.concurrent");
    return world || stream || concurrent || CHANCE_AND_THREADS.contains(type.getName());
  }

  /** What every exception and lambda brings along. */
  private static boolean harmless(JavaClass type) {
    return type.isEquivalentTo(java.io.Serializable.class) || type.isAssignableTo(Exception.class);
  }

  private static boolean writes(JavaMethodCall call) {
    boolean statement = call.getTargetOwner().isAssignableTo(Statement.class);
    boolean asks = call.getName().equals("executeQuery");
    return statement && call.getName().startsWith("execute") && !asks && !makesReadOnly(call);
  }

  /** The statement with which a probe's transaction gives up writing. */
  private static boolean makesReadOnly(JavaMethodCall call) {
    return call.getOrigin()
        .getFullName()
        .startsWith("io.lockkeeper.activities.probe.SqlProbe.inReadOnly(");
  }
}
