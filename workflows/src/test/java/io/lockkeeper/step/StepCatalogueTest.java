package io.lockkeeper.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import io.lockkeeper.activity.EnvironmentActivities;
import io.lockkeeper.activity.Policies;
import io.lockkeeper.json.Json;
import io.lockkeeper.step.Step.Sql.Way;
import io.lockkeeper.step.Step.Verify.Subject;
import io.lockkeeper.step.Written.At;
import io.temporal.activity.ActivityMethod;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever adds a kind of step is told here what belongs to one. */
class StepCatalogueTest {
  /** Whose activity has a longer name than the kind; a soak is sampled, not done. */
  private static final Map<StepKind, String> LONGER =
      Map.of(
          StepKind.APPLY, "ApplySection",
          StepKind.REVERT, "RevertSection",
          StepKind.OBSERVE, "SampleWindow");

  private static final Path DOCUMENTS = Path.of("../deploy/docs");

  /** One of each, in the order in which they are met. */
  private static List<Step> steps() {
    List<Step> steps =
        new ArrayList<>(
            List.of(
                new Step.Precheck(),
                new Step.Hold(),
                new Step.Baseline(),
                new Step.Measure(false),
                new Step.Measure(true),
                new Step.Measure(false, Optional.of(written(At.AFTER, 3))),
                new Step.Measure(true, Optional.of(written(At.AFTER, 3))),
                new Step.Measure(false, Optional.of(written(At.ROLLBACK_BEFORE, 1))),
                new Step.Sql(written(At.BEFORE, 1), Way.UNDONE),
                new Step.Sql(written(At.ROLLBACK_BEFORE, 2), Way.BACK),
                new Step.Undo(written(At.BEFORE, 1)),
                new Step.Check(written(At.BEFORE, 2)),
                new Step.Backup(false),
                new Step.Apply("SECTION", Pass.REHEARSAL),
                new Step.Apply("SECTION", Pass.DEPLOY),
                new Step.Revert("SECTION", Pass.DEPLOY),
                new Step.Maintain(),
                new Step.Restore(Optional.empty()),
                Step.Restore.swapBack(),
                new Step.Compare(),
                new Step.Compare(Optional.of(written(At.FOLLOW_UP, 4))),
                new Step.Sql(written(At.FOLLOW_UP, 5), Way.KEPT),
                new Step.Release(false),
                new Step.Release(true)));
    Stream.of(Subject.values())
        .filter(subject -> subject != Subject.SECTION)
        .map(Step.Verify::new)
        .forEach(steps::add);
    steps.add(Step.Verify.section("SECTION"));
    return steps;
  }

  private static Written written(At at, int number) {
    return new Written(at, number, "do " + at + " " + number);
  }

  private static List<Class<?>> kinds() {
    return Arrays.asList(Step.class.getPermittedSubclasses());
  }

  @Test
  void everyKind_isTriedHere() {
    assertThat(steps().stream().map(Object::getClass).distinct().toList())
        .containsExactlyInAnyOrderElementsOf(kinds());
  }

  @Test
  void everyKind_isOneRecordUnderItsNameInJson() {
    Map<Class<?>, List<String>> names = new TreeMap<>((a, b) -> a.getName().compareTo(b.getName()));
    for (JsonSubTypes.Type type : Step.class.getAnnotation(JsonSubTypes.class).value()) {
      names.computeIfAbsent(type.value(), c -> new ArrayList<>()).add(type.name());
    }

    assertThat(names.keySet()).containsExactlyInAnyOrderElementsOf(kinds());
    for (Step step : steps()) {
      assertThat(step.getClass().isRecord()).as(step.name()).isTrue();
      assertThat(names.get(step.getClass())).containsExactly(word(step.kind()));
      assertThat(Json.read(Json.text(step), Step.class)).isEqualTo(step);
    }
  }

  /** OBSERVE has no step: a soak is a workflow of its own. */
  @Test
  void everyKind_hasOneStepClass() {
    List<StepKind> kinds =
        steps().stream()
            .map(step -> Map.entry(step.getClass(), step.kind()))
            .distinct()
            .map(Map.Entry::getValue)
            .toList();

    assertThat(kinds).doesNotHaveDuplicates();
    assertThat(kinds)
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(StepKind.values()).filter(kind -> kind != StepKind.OBSERVE).toList());
  }

  @Test
  void everyKind_hasOneActivityAndEveryActivityAKind() {
    List<String> activities =
        Stream.of(EnvironmentActivities.class.getDeclaredMethods())
            .map(StepCatalogueTest::activity)
            .toList();

    assertThat(activities)
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(Stream.of("AwaitClear", "KeepMeasures"), kindsOfActivities()).toList());
  }

  /** One a kind; what waits for limits to clear, or renews a lease, belongs to another. */
  private static Stream<String> kindsOfActivities() {
    return Stream.of(StepKind.values())
        .map(kind -> LONGER.getOrDefault(kind, capitalized(word(kind))));
  }

  @Test
  void everyStep_hasANameAndATitleOfItsOwn() {
    assertThat(steps()).extracting(Step::name).doesNotHaveDuplicates();
    assertThat(steps()).extracting(Step::title).doesNotHaveDuplicates();
    assertThat(steps()).extracting(Step::name).allMatch(name -> name.matches("[A-Za-z0-9-]{3,}"));
    assertThat(steps()).extracting(Step::title).allMatch(title -> title.matches("[a-z].*[^.]"));
  }

  /** All others only read, or only take back: they need no grant. */
  @Test
  void stepsThatChangeTheTarget_areThese() {
    assertThat(steps().stream().filter(Step::forward).map(Step::name))
        .containsExactly(
            "hold",
            "baseline",
            "measures",
            "after-3",
            "before-1",
            "backup",
            "rehearse-SECTION",
            "apply-SECTION",
            "follow-up-5");
  }

  @Test
  void everyStep_hasTimeOutsAndAHeartbeat() {
    for (Step step : steps()) {
      assertThat(Policies.step(step, "dev", step.title()))
          .satisfies(
              options -> {
                assertThat(options.getTaskQueue()).isEqualTo("env-dev");
                assertThat(options.getStartToCloseTimeout()).isPositive();
                assertThat(options.getHeartbeatTimeout()).isPositive();
                assertThat(options.getRetryOptions().getMaximumAttempts()).isPositive();
              });
    }
  }

  @Test
  void everyStep_isDocumented() throws IOException {
    assumeThat(DOCUMENTS).as("the documents").exists();

    List<String> documented =
        Files.readAllLines(DOCUMENTS.resolve("steps.md")).stream()
            .filter(line -> line.startsWith("## "))
            .flatMap(line -> Stream.of(line.substring(3).split(", ")))
            .toList();

    assertThat(documented)
        .containsAll(steps().stream().map(step -> anyNumber(step.name())).toList());
    assertThat(documented).contains(word(StepKind.OBSERVE)).doesNotHaveDuplicates();
  }

  /** A step that the author wrote has its place in a list for a number. */
  private static String anyNumber(String name) {
    return name.replaceFirst("-[0-9]$", "-N");
  }

  private static String activity(Method method) {
    return method.getAnnotation(ActivityMethod.class).name();
  }

  private static String word(StepKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static String capitalized(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }
}
