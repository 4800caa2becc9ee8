package io.lockkeeper.api.series;

import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table of windows, fed from the journal: by the transaction that appends to it. */
public final class SeriesIndex {
  private SeriesIndex() {}

  /**
   * Adds the windows that an entry tells of; again is as once.
   *
   * @param began when the step of the entry did, as far as the journal knows
   */
  public static void add(Handle handle, String promotion, Entry entry, Optional<Instant> began) {
    if (entry.event() instanceof Event.StepEnded step) {
      for (Window window : Window.of(step, began, entry.at())) {
        add(handle, promotion, window);
      }
    }
  }

  private static void add(Handle handle, String promotion, Window window) {
    handle
        .createUpdate(
            """
            INSERT INTO series (promotion_id, stage, name, sampled_from, sampled_until, sha256, size)
            VALUES (:promotion, :stage, :name, :from, :until, :sha256, :size)
            ON CONFLICT DO NOTHING
            """)
        .bind("promotion", promotion)
        .bind("stage", window.stage())
        .bind("name", window.name())
        .bind("from", window.from().atOffset(ZoneOffset.UTC))
        .bind("until", window.until().atOffset(ZoneOffset.UTC))
        .bind("sha256", window.blob().sha256())
        .bind("size", window.blob().size())
        .execute();
  }
}
