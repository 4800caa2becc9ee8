package io.lockkeeper.api;

import io.lockkeeper.api.blobs.BlobStore;
import io.lockkeeper.api.database.ControlDatabase;
import io.lockkeeper.api.journal.JournalStore;
import io.lockkeeper.api.series.SeriesStore;
import org.jdbi.v3.core.Jdbi;

/** Journals, and what they refer to: content by hash, and the series in it. */
public record Stores(BlobStore blobs, JournalStore journal, SeriesStore series) {

  /** In one database. */
  public static Stores of(ControlDatabase database) {
    Jdbi jdbi = database.jdbi();
    BlobStore blobs = new BlobStore(jdbi);
    return new Stores(blobs, new JournalStore(jdbi), new SeriesStore(jdbi, blobs));
  }
}
