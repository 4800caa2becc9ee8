package io.lockkeeper.api.promotions;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.change.Adjustment;
import io.lockkeeper.change.FollowUp.Kind;
import io.lockkeeper.journal.Status;
import io.lockkeeper.promotion.FollowUpState;
import io.lockkeeper.promotion.FollowUpState.Standing;
import io.lockkeeper.promotion.Known;
import io.lockkeeper.promotion.PromotionState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FollowUpRulesTest {
  private static final Instant NOW = Instant.parse("2026-05-04T10:00:00Z");

  private static PromotionState state(Status status, String... open) {
    return new PromotionState(
        "one-index",
        "hash",
        "for a test",
        "ana",
        false,
        status,
        Optional.empty(),
        "",
        "",
        List.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        false,
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        NOW,
        Optional.of(NOW),
        Adjustment.NONE,
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        Known.NOTHING,
        Stream.of(open).map(FollowUpRulesTest::followUp).toList());
  }

  private static FollowUpState followUp(String name) {
    Standing standing = name.startsWith("done") ? Standing.DONE : Standing.DUE;
    return new FollowUpState(name, Kind.ASK, "what was learned?", "dba", NOW, standing, "");
  }

  @ParameterizedTest
  @CsvSource({
    "COMPLETE, wiki, wiki, true",
    "COMPLETE, wiki, , true",
    "COMPLETE, done, , false",
    "WATCHING, wiki, , false",
    "WATCHING, wiki, wiki, true",
    "ROLLED_BACK, lessons, lessons, true",
    "ROLLED_BACK, lessons, , false",
    "ROLLED_BACK, lessons, root-cause, false"
  })
  void acknowledgement_isAboutAFollowUpWhereItNamesOneOrCanBeAboutNothingElse(
      Status status, String open, String named, boolean concerns) {
    assertThat(FollowUpRules.concerns(state(status, open), named)).isEqualTo(concerns);
  }

  @Test
  void followUpThatIsOpen_isFoundByItsNameAlone() {
    PromotionState state = state(Status.COMPLETE, "wiki", "done-before");

    assertThat(FollowUpRules.find(state, "wiki")).isPresent();
    assertThat(FollowUpRules.find(state, "done-before")).isEmpty();
    assertThat(FollowUpRules.find(state, null)).isEmpty();
  }

  @Test
  void nameThatLeadsNowhere_isToldWithThoseThatAreOpen() {
    PromotionState state = state(Status.COMPLETE, "wiki", "runbooks");

    assertThat(FollowUpRules.whyNot(state, null))
        .isEqualTo("say which follow-up is meant: open are wiki, runbooks");
    assertThat(FollowUpRules.whyNot(state, "wikki"))
        .isEqualTo("no follow-up \"wikki\" is open: open are wiki, runbooks");
    assertThat(FollowUpRules.whyNot(state(Status.COMPLETE, "done"), "done"))
        .isEqualTo("no follow-up is open");
    assertThat(FollowUpRules.whyNot(state(Status.WATCHING), "wiki"))
        .isEqualTo("the follow-ups begin once the promotion is over; it is WATCHING");
  }
}
