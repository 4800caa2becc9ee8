package io.lockkeeper.activities.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.probe.PlanShape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlanWatchTest {
  private static final PlanShape SCAN = shape("Limit\n  Seq Scan on stocks\n");
  private static final PlanShape INDEX = shape("Limit\n  Index Scan using i on stocks\n");
  private static final PlanShape BITMAP = shape("Limit\n  Bitmap Heap Scan on stocks\n");
  private static final Optional<String> BEFORE = Optional.of(INDEX.digest());

  private Map<String, String> marks = Map.of("server", "since");

  private static PlanShape shape(String text) {
    return new PlanShape(text, List.of(), List.of("stocks"));
  }

  /** A window that sees that plan, and what it tells. */
  private List<String> window(Optional<String> before, PlanShape now) {
    PlanWatch watch = new PlanWatch(marks);
    assertThat(watch.wants("many_rows")).isTrue();
    watch.look("many_rows", before, now);
    assertThat(watch.wants("many_rows")).isFalse();
    marks = watch.marks();
    List<String> told = watch.take();
    assertThat(watch.take()).isEmpty();
    return told;
  }

  @Test
  void planAsBefore_isNotTold() {
    assertThat(window(BEFORE, INDEX)).isEmpty();
    assertThat(marks).isEmpty();
  }

  @Test
  void anotherPlan_isToldOnceAStage_andAgainWhereItChangesAgain() {
    assertThat(window(BEFORE, SCAN))
        .containsExactly(
            "the plan of many_rows is another one than before the change: Limit, Seq Scan on"
                + " stocks");
    assertThat(window(BEFORE, SCAN)).isEmpty();
    assertThat(window(BEFORE, BITMAP))
        .containsExactly("the plan of many_rows has changed: Limit, Bitmap Heap Scan on stocks");
    assertThat(window(BEFORE, INDEX))
        .containsExactly(
            "the plan of many_rows is again the one from before the change: Limit, Index Scan"
                + " using i on stocks");
    assertThat(window(BEFORE, INDEX)).isEmpty();
    assertThat(window(BEFORE, SCAN)).hasSize(1);
  }

  @Test
  void planOfAQueryThatWasNotThereBefore_isHeldAgainstTheFirstOneOfTheStage() {
    assertThat(window(Optional.empty(), INDEX)).isEmpty();
    assertThat(window(Optional.empty(), INDEX)).isEmpty();
    assertThat(window(Optional.empty(), SCAN))
        .containsExactly("the plan of many_rows has changed: Limit, Seq Scan on stocks");
  }
}
