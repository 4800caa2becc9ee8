package io.lockkeeper.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.rollback.Compensation.RevertSection;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.Step;
import org.junit.jupiter.api.Test;

class CompensationsTest {
  private static final Compensation FIRST = new RevertSection("dev", "10", Pass.DEPLOY);
  private static final Compensation SECOND = new RevertSection("dev", "20", Pass.DEPLOY);
  private static final Compensation ELSEWHERE = new RevertSection("staging", "10", Pass.DEPLOY);

  private final Compensations compensations = new Compensations();

  @Test
  void whatWasBegun_isUndoneLastFirstInItsEnvironment() {
    compensations.register(FIRST);
    compensations.register(ELSEWHERE);
    compensations.register(SECOND);

    assertThat(compensations.reversed("dev")).containsExactly(SECOND, FIRST);
    assertThat(compensations.reversed("staging")).containsExactly(ELSEWHERE);
    assertThat(compensations.reversed("production")).isEmpty();
    assertThat(compensations.environments()).containsExactly("dev", "staging");
  }

  @Test
  void actBegunAgain_isUndoneOnceAndInItsFirstPlace() {
    compensations.register(FIRST);
    compensations.register(SECOND);
    compensations.register(FIRST);

    assertThat(compensations.reversed("dev")).containsExactly(SECOND, FIRST);
  }

  @Test
  void whatWasUndone_isForgotten() {
    compensations.register(FIRST);
    compensations.register(ELSEWHERE);

    compensations.forget(FIRST);

    assertThat(compensations.reversed("dev")).isEmpty();
    assertThat(compensations.environments()).containsExactly("staging");
  }

  @Test
  void rehearsalAndDeploy_areUndoneApart() {
    Compensation rehearsed = new RevertSection("dev", "10", Pass.REHEARSAL);
    compensations.register(rehearsed);
    compensations.register(FIRST);

    assertThat(compensations.reversed("dev")).containsExactly(FIRST, rehearsed);
  }

  @Test
  void section_isTakenBackByItsRevert() {
    assertThat(FIRST.step()).isEqualTo(new Step.Revert("10", Pass.DEPLOY));
    assertThat(FIRST.title()).isEqualTo("take back section 10");
  }
}
