package io.lockkeeper.activities.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class LaneTest {
  /** Threads that were asked for. */
  private final Queue<Runnable> threads = new ArrayDeque<>();

  private final List<String> done = new ArrayList<>();
  private final Lane lane = new Lane(threads::add, 2);

  private void run(String name) {
    lane.run(() -> done.add(name));
  }

  @Test
  void moreThanItsWidth_asksForNoFurtherThreadAndKeepsItsOrder() {
    run("a");
    run("b");
    run("c");
    run("d");

    assertThat(threads).hasSize(2);
    threads.remove().run();
    assertThat(done).containsExactly("a", "b", "c", "d");
  }

  @Test
  void laneThatRanEmpty_beginsAgain() {
    run("a");
    threads.remove().run();

    run("b");

    assertThat(threads).hasSize(1);
    threads.remove().run();
    assertThat(done).containsExactly("a", "b");
  }

  @Test
  void workThatFails_doesNotEndTheLane() {
    lane.run(
        () -> {
          throw new IllegalStateException("planted");
        });
    run("b");

    threads.remove().run();

    assertThat(done).containsExactly("b");
  }

  @Test
  void errorOfAWork_takesNoPlaceOfTheLaneAlong() {
    lane.run(
        () -> {
          throw new StackOverflowError("planted");
        });
    run("b");

    threads.remove().run();
    run("c");
    run("d");

    assertThat(done).containsExactly("b");
    threads.forEach(Runnable::run);
    assertThat(done).containsExactly("b", "c", "d");
  }

  @Test
  void threadThatCannotBeHad_takesNoPlaceOfTheLaneAlong() {
    Queue<Runnable> had = new ArrayDeque<>();
    Lane narrow =
        new Lane(
            work -> {
              if (done.isEmpty()) {
                done.add("refused");
                throw new RejectedExecutionException("planted");
              }
              had.add(work);
            },
            1);
    assertThatThrownBy(() -> narrow.run(() -> done.add("a")))
        .isInstanceOf(RejectedExecutionException.class);

    narrow.run(() -> done.add("b"));
    had.remove().run();

    assertThat(done).containsExactly("refused", "a", "b");
  }
}
