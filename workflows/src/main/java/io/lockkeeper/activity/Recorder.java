package io.lockkeeper.activity;

import io.lockkeeper.activity.ControlActivities.Batch;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.json.Json;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A workflow's way to the journal. Events are recorded at once and appended in order by one
 * coroutine that never gives up; forward effects wait for it ({@link #flushed}), safety does not.
 * Workflow code: one instance a workflow run, no other threads.
 */
public final class Recorder {
  /** Well below what a payload may have. */
  private static final int BATCH_CHARACTERS = 40_000;

  private final String promotion;
  private final String writer;
  private final Consumer<Entry> listener;
  private final List<Entry> outbox = new ArrayList<>();
  private long sequence;
  private boolean closed;

  /**
   * @param writer unique in the promotion
   * @param written how many entries this writer has written before, in an earlier run
   * @param listener told of every entry as it is recorded
   */
  public Recorder(String promotion, String writer, long written, Consumer<Entry> listener) {
    this.promotion = promotion;
    this.writer = writer;
    this.sequence = written;
    this.listener = listener;
  }

  /** Begins to append; called once, from the workflow's own method. */
  public void start() {
    // Detached: a cancelled workflow tells what became of it all the same.
    Workflow.newDetachedCancellationScope(() -> Async.procedure(this::append)).run();
  }

  public void record(Event event) {
    Instant now = Instant.ofEpochMilli(Workflow.currentTimeMillis());
    Entry entry = new Entry(writer, ++sequence, now, event);
    outbox.add(entry);
    listener.accept(entry);
  }

  /** Of the last entry recorded. */
  public long sequence() {
    return sequence;
  }

  /**
   * Waits until all that was recorded is in the journal.
   *
   * @param orElse gives the wait up when it becomes true
   */
  public void flushed(Supplier<Boolean> orElse) {
    Workflow.await(() -> outbox.isEmpty() || orElse.get());
  }

  /** Waits for the journal without giving up; the workflow may end after it. */
  public void close() {
    Workflow.newDetachedCancellationScope(() -> Workflow.await(outbox::isEmpty)).run();
    closed = true;
  }

  /**
   * What is not in the journal yet, for another workflow to append: this one may end at once. An
   * append under way does no harm, because the journal knows each entry by writer and sequence.
   */
  public List<Entry> handOver() {
    closed = true;
    List<Entry> left = List.copyOf(outbox);
    outbox.clear();
    return left;
  }

  /** Appends what another workflow handed over. */
  public void adopt(List<Entry> entries) {
    outbox.addAll(entries);
  }

  private void append() {
    while (true) {
      Workflow.await(() -> !outbox.isEmpty() || closed);
      if (outbox.isEmpty()) {
        return;
      }
      List<Entry> batch = batch();
      ControlActivities control =
          Workflow.newActivityStub(
              ControlActivities.class,
              Policies.control(
                  "journal " + batch.size() + (batch.size() == 1 ? " event" : " events")));
      try {
        control.journal(new Batch(promotion, batch));
      } catch (RuntimeException e) {
        // As an exception it would end this coroutine in silence, and the promotion would wait for
        // ever; an error fails the workflow's task, which people and alerts see.
        throw new AssertionError("the journal of " + promotion + " cannot be written", e);
      }
      outbox.removeAll(batch);
    }
  }

  private List<Entry> batch() {
    List<Entry> batch = new ArrayList<>();
    int characters = 0;
    for (Entry entry : outbox) {
      characters += Json.text(entry).length();
      if (!batch.isEmpty() && characters > BATCH_CHARACTERS) {
        break;
      }
      batch.add(entry);
    }
    return batch;
  }
}
