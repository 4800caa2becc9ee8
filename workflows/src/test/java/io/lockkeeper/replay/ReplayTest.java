package io.lockkeeper.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activity.Payloads;
import io.lockkeeper.fixture.HistoryRules;
import io.lockkeeper.plan.Flight;
import io.lockkeeper.promotion.FollowUpOrder;
import io.lockkeeper.promotion.FollowUpWorkflowImpl;
import io.lockkeeper.promotion.PromotionInput;
import io.lockkeeper.promotion.PromotionWorkflowImpl;
import io.lockkeeper.soak.SoakOrder;
import io.lockkeeper.soak.SoakWorkflowImpl;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Step;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.worker.Worker;
import io.temporal.workflow.WorkflowInit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What runs somewhere now can go on with this code. Where this turns red, guard the change by
 * {@code getVersion}; never record over a history.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public class ReplayTest {
  private static final Path FOLDER = Path.of("src/test/resources/histories");
  private final TestWorkflowEnvironment temporal =
      TestWorkflowEnvironment.newInstance(
          TestEnvironmentOptions.newBuilder()
              .setWorkflowClientOptions(
                  WorkflowClientOptions.newBuilder().setDataConverter(Payloads.converter()).build())
              .build());

  @AfterAll
  void close() {
    temporal.close();
  }

  static List<String> histories() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static WorkflowExecutionHistory history(String file) throws IOException {
    return WorkflowExecutionHistory.fromJson(Files.readString(FOLDER.resolve(file), UTF_8));
  }

  private void replay(String file, Class<?>... workflows) throws Exception {
    Worker worker = temporal.newWorker(file + " by " + List.of(workflows));
    worker.registerWorkflowImplementationTypes(workflows);
    WorkflowReplayer.replayWorkflowExecution(history(file), worker);
  }

  @Test
  void everyFlight_isRecorded() throws IOException {
    List<String> files = histories();

    assertThat(files)
        .containsAll(Flights.all().keySet().stream().map(name -> name + ".json").toList())
        .contains(
            "clean-soak.json",
            "breach-in-the-soak-soak.json",
            "clean-and-followed-up-follow-up.json");
  }

  @ParameterizedTest
  @MethodSource("histories")
  void recordedHistory_isFollowed(String file) throws Exception {
    replay(file, PromotionWorkflowImpl.class, SoakWorkflowImpl.class, FollowUpWorkflowImpl.class);
  }

  @ParameterizedTest
  @MethodSource("histories")
  void recordedHistory_isSmallAndHoldsNeitherSqlNorSecretsNorThePlaceOfItsRecording(String file)
      throws IOException {
    WorkflowExecutionHistory history = history(file);

    assertThat(HistoryRules.faults(history.getEvents())).isEmpty();
    assertThat(history.toProtoText(false))
        .doesNotContain("/work/", "/home/", "/root/", "/tmp/", "@")
        .contains("identity: \"recorder\"");
    assertThat(Files.size(FOLDER.resolve(file))).isLessThan(300_000);
  }

  @Test
  void promotionThatSkipsAStep_doesNotFollow() {
    assertThatThrownBy(() -> replay("clean.json", SkipsAStep.class, SoakWorkflowImpl.class))
        .hasStackTraceContaining("TMPRL1100");
  }

  @Test
  void promotionThatTakesStepsInAnotherOrder_doesNotFollow() {
    assertThatThrownBy(() -> replay("clean.json", ReordersSteps.class, SoakWorkflowImpl.class))
        .hasStackTraceContaining("TMPRL1100");
  }

  @Test
  void soakThatEndsAtOnce_doesNotFollow() {
    assertThatThrownBy(
            () -> replay("clean-soak.json", PromotionWorkflowImpl.class, EndsAtOnce.class))
        .hasStackTraceContaining("TMPRL1100");
  }

  @Test
  void followUpsThatForgetOne_doNotFollow() {
    assertThatThrownBy(() -> replay("clean-and-followed-up-follow-up.json", ForgetsOne.class))
        .hasStackTraceContaining("TMPRL1100");
  }

  /** A change of the workflow that nobody guarded. */
  public static final class SkipsAStep extends PromotionWorkflowImpl {
    @WorkflowInit
    public SkipsAStep(PromotionInput input) {
      super(with(input, steps -> steps.removeIf(step -> step instanceof Step.Backup)));
    }
  }

  /** Another one. */
  public static final class ReordersSteps extends PromotionWorkflowImpl {
    @WorkflowInit
    public ReordersSteps(PromotionInput input) {
      super(with(input, steps -> Collections.swap(steps, 1, 2)));
    }
  }

  /** One of the soak. */
  public static final class EndsAtOnce extends SoakWorkflowImpl {
    @WorkflowInit
    public EndsAtOnce(SoakOrder order) {
      super(SoakOrder.fresh(order.work(), order.plan(), order.start(), order.from(), order.from()));
    }
  }

  /** One of what follows a promotion. */
  public static final class ForgetsOne extends FollowUpWorkflowImpl {
    @WorkflowInit
    public ForgetsOne(FollowUpOrder order) {
      super(
          new FollowUpOrder(
              order.work(),
              order.open().subList(0, 1),
              order.trustedKeys(),
              order.nonces(),
              order.refusals(),
              order.written(),
              order.unwritten(),
              order.closes()));
    }
  }

  private interface Change {
    void of(List<Step> steps);
  }

  private static PromotionInput with(PromotionInput input, Change change) {
    List<StagePlan> stages = new ArrayList<>();
    for (StagePlan stage : input.flight().stages()) {
      stages.add(stage instanceof StagePlan.Deploy deploy ? with(deploy, change) : stage);
    }
    return new PromotionInput(
        input.id(),
        input.change(),
        input.requested(),
        input.requestedAt(),
        new Flight(stages, input.flight().shortened(), input.flight().followUps()),
        input.statement(),
        input.trustedKeys(),
        input.author());
  }

  private static StagePlan with(StagePlan.Deploy deploy, Change change) {
    List<Step> steps = new ArrayList<>(deploy.steps());
    change.of(steps);
    return new StagePlan.Deploy(
        deploy.name(),
        deploy.environment(),
        deploy.target(),
        steps,
        deploy.onFailure(),
        deploy.rollbackWithin(),
        deploy.sections(),
        deploy.recovery(),
        deploy.restore(),
        deploy.quickWithin(),
        deploy.rollbackBefore(),
        deploy.rollbackAfter());
  }
}
