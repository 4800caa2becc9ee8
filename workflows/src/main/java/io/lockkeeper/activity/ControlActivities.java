package io.lockkeeper.activity;

import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.journal.Entry;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/**
 * What workflows ask of the control plane. Served by the API process on the queue {@code control}.
 */
@ActivityInterface
public interface ControlActivities {

  /** Appends entries. Those already there, by writer and sequence, are passed over. */
  @ActivityMethod(name = "Journal")
  Receipt journal(Batch batch);

  /** Keeps a workflow's history as a blob. A second call keeps it again under its own hash. */
  @ActivityMethod(name = "ExportHistory")
  Exported exportHistory(HistoryOrder order);

  /**
   * Entries of one writer, in the order of their sequence.
   *
   * @param promotion its id
   */
  record Batch(String promotion, List<Entry> entries) {
    public Batch {
      entries = List.copyOf(entries);
    }
  }

  /**
   * Where the chain stands.
   *
   * @param place of the last entry
   */
  record Receipt(long place) {}

  /** Which history is kept. */
  record HistoryOrder(String promotion, String workflow, String run) {}

  /** A kept history. */
  record Exported(BlobRef blob, int events) {}
}
