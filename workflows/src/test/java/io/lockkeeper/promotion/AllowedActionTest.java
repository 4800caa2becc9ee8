package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.change.Adjustment;
import io.lockkeeper.change.FollowUp.Kind;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.Cause;
import io.lockkeeper.journal.Status;
import io.lockkeeper.promotion.StageState.StageStatus;
import io.lockkeeper.signoff.Action;
import io.lockkeeper.stage.StageKind;
import io.lockkeeper.step.StepKind;
import io.lockkeeper.step.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowedActionTest {

  /**
   * A promotion.
   *
   * @param situation a status, with its cause, and with what is special about it
   */
  private static PromotionState state(String situation) {
    List<String> words = Arrays.asList(situation.split(" "));
    PromotionState fresh =
        PromotionFold.start(Promotions.input(Bundles.flight()).requested(), Promotions.START);
    List<StageState> stages =
        fresh.stages().stream()
            .map(stage -> words.contains("observed") && observes(stage) ? on(stage) : stage)
            .map(stage -> words.contains("flown") && !observes(stage) ? over(stage) : stage)
            .toList();
    return new PromotionState(
        fresh.changeName(),
        fresh.changeHash(),
        fresh.reason(),
        fresh.requestedBy(),
        false,
        Status.valueOf(words.get(0)),
        Arrays.stream(Cause.values()).filter(c -> words.contains(c.name())).findFirst(),
        "",
        "",
        stages,
        List.of(),
        Optional.empty(),
        List.of(),
        words.contains("asked-to-pause"),
        words.contains("applied") ? List.of("dev") : List.of(),
        words.contains("stuck") ? List.of("take back section 10") : List.of(),
        List.of(),
        Optional.empty(),
        fresh.startedAt(),
        Optional.empty(),
        Adjustment.NONE,
        Optional.empty(),
        List.of(),
        List.of(),
        words.contains("undone") ? List.of("dev") : List.of(),
        Known.NOTHING,
        words.contains("follow-up") ? List.of(OPEN) : List.of());
  }

  private static final FollowUpState OPEN =
      new FollowUpState(
          "wiki",
          Kind.ASK,
          "write it down",
          "release-manager",
          Promotions.START,
          FollowUpState.Standing.DUE,
          "");

  private static boolean observes(StageState stage) {
    return stage.kind() == StageKind.SOAK || stage.kind() == StageKind.WATCH;
  }

  private static StageState on(StageState stage) {
    StageState on = stage.started(Promotions.START);
    assertThat(on.status()).isEqualTo(StageStatus.IN_PROGRESS);
    return on;
  }

  private static StageState over(StageState stage) {
    return stage.ended(Promotions.START, Verdict.PASS, "done");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NOT_STARTED                        | pause extend abort",
        "IN_PROGRESS                        | pause extend abort",
        "IN_PROGRESS applied                | pause extend abort rollback",
        "IN_PROGRESS applied asked-to-pause | resume extend abort rollback",
        "IN_PROGRESS applied observed       | pause extend abort rollback",
        "PAUSED PERSON applied              | resume extend abort rollback",
        "PAUSED GUARD applied               | resume extend abort rollback",
        "PAUSED HEALTH applied              | resume extend abort rollback",
        "PAUSED FAILURE applied             | retry extend abort rollback",
        "PAUSED FAILURE                     | retry extend abort",
        "PAUSED FAILURE applied undone      | extend abort rollback",
        "PAUSED DRIFT applied               | retry extend abort rollback",
        "PAUSED IDENTITY applied            | retry extend abort rollback",
        "PAUSED UNKNOWN applied             | retry extend abort rollback",
        "PAUSED EVIDENCE applied            | acknowledge retry extend abort rollback",
        "PAUSED EVIDENCE applied observed   | acknowledge retry extend abort rollback",
        "PARKED applied                     | resume extend abort rollback",
        "AWAITING_SIGN_OFF applied          | signOff pause extend abort rollback",
        "SOAKING applied observed           | pause extend abort rollback",
        "WATCHING applied observed          | acknowledge pause extend abort rollback",
        "IN_PROGRESS applied flown          | pause abort rollback",
        "ROLLING_BACK applied               | ''",
        "ROLLING_BACK applied stuck         | retry abort rollback",
        "ROLLING_BACK applied undone stuck  | retry abort rollback",
        "COMPLETE applied                   | ''",
        "ABORTED applied                    | ''",
        "COMPLETE applied follow-up         | acknowledge",
        "FAILED applied                     | acknowledge",
        "ROLLED_BACK applied                | acknowledge",
        "ROLLED_BACK                        | acknowledge",
        "ABORTED                            | ''",
        "ABORTED applied undone             | acknowledge",
      })
  void whatIsAllowed_followsFromTheState(String situation, String allowed) {
    String found =
        AllowedAction.of(state(situation)).stream()
            .filter(AllowedAction::allowed)
            .map(action -> action.action().word())
            .collect(Collectors.joining(" "));

    assertThat(found).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "IN_PROGRESS | SIGN_OFF | nobody is asked for a sign-off now",
        "IN_PROGRESS | ACKNOWLEDGE | nothing inconclusive waits to be accepted",
        "PAUSED FAILURE | ACKNOWLEDGE | nothing inconclusive waits to be accepted",
        "PAUSED PERSON | PAUSE | it stands still already",
        "PARKED | PAUSE | it stands still already",
        "ROLLING_BACK | PAUSE | a rollback does not wait",
        "IN_PROGRESS asked-to-pause | PAUSE | it was asked for already",
        "IN_PROGRESS | RESUME | it is not paused",
        "PAUSED FAILURE | RESUME | it stopped at a failure: retry, roll back or abort",
        "IN_PROGRESS | RETRY | nothing has failed",
        "PAUSED PERSON | RETRY | nothing has failed",
        "PAUSED FAILURE applied undone | RETRY | the steps of dev are undone: roll back by option A too, or abort to leave the sections",
        "PAUSED FAILURE applied undone | RESUME | the steps of dev are undone: roll back by option A too, or abort to leave the sections",
        "ROLLING_BACK | RETRY | nothing has failed",
        "IN_PROGRESS flown | EXTEND | no soak and no watch is on, and no section is left to apply",
        "ROLLING_BACK | ABORT | it is rolling back: that is safer than stopping in the middle",
        "IN_PROGRESS | ROLLBACK | nothing has been applied",
        "ROLLING_BACK applied | ROLLBACK | it is rolling back",
        "COMPLETE applied | PAUSE | the promotion has ended: it is COMPLETE",
        "ABORTED | ABORT | the promotion has ended: it is ABORTED",
        "FAILED | SIGN_OFF | the promotion has ended: it is FAILED",
        "COMPLETE applied | ROLLBACK | the promotion has ended: it is COMPLETE; push a change that undoes it",
        "ROLLED_BACK | ROLLBACK | the promotion has ended: it is ROLLED_BACK",
        "IN_PROGRESS | PROMOTE | it has been started",
      })
  void whatIsNotAllowed_saysWhy(String situation, Action action, String whyNot) {
    assertThat(AllowedAction.of(state(situation), action))
        .isEqualTo(new AllowedAction(action, false, Optional.of(whyNot), Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "IN_PROGRESS | ABORT | nothing is applied, and nothing stays",
        "IN_PROGRESS applied | ABORT | what is applied stays in dev; a rollback would take it back",
        "SOAKING applied observed | ROLLBACK | takes back the environment that is named with it: dev",
        "SOAKING applied observed | PAUSE | what is observed goes on being observed; nothing else begins",
        "AWAITING_SIGN_OFF | PAUSE | nothing runs: it stands still once the gate has closed",
      })
  void whatAnActWouldDo_isSaidBeforeItIsConfirmed(String situation, Action action, String effect) {
    assertThat(AllowedAction.of(state(situation), action).effect()).contains(effect);
  }

  @Test
  void pauseInTheMiddleOfAStep_namesTheStepThatIsBroughtToItsEnd() {
    PromotionState fresh =
        PromotionFold.start(Promotions.input(Bundles.flight()).requested(), Promotions.START);
    PromotionState begun =
        PromotionFold.next(
            fresh, new Entry("promotion", 1, Promotions.START, new Event.StageStarted("dev")));
    PromotionState running =
        PromotionFold.next(
            begun,
            new Entry(
                "promotion",
                2,
                Promotions.START,
                new Event.StepStarted(
                    "dev", "apply-10_stocks", StepKind.APPLY, "apply section 10_stocks", 1)));

    assertThat(AllowedAction.of(running, Action.ROLLBACK).effect())
        .contains("takes what was applied in dev back");
    assertThat(AllowedAction.of(running, Action.PAUSE).effect())
        .contains(
            "stands still after \"apply section 10_stocks\" of dev, which is brought to its end"
                + " first");
  }

  @Test
  void everyActButTheStart_isListedInAFixedOrder() {
    assertThat(AllowedAction.of(state("IN_PROGRESS")))
        .extracting(AllowedAction::action)
        .containsExactly(
            Action.SIGN_OFF,
            Action.ACKNOWLEDGE,
            Action.PAUSE,
            Action.RESUME,
            Action.RETRY,
            Action.EXTEND,
            Action.ABORT,
            Action.ROLLBACK);
  }
}
