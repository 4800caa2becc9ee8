package io.lockkeeper.api.blobs;

import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.blob.Blobs;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import org.jdbi.v3.core.Jdbi;

/**
 * Blobs in the control-plane database, each with the time at which it was last written. Safe for
 * many threads.
 */
public final class BlobStore implements Blobs {
  private final Jdbi jdbi;

  public BlobStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public byte[] read(String sha256) {
    byte[] content =
        jdbi.withHandle(
                handle ->
                    handle
                        .createQuery("SELECT content FROM blob WHERE sha256 = :sha256")
                        .bind("sha256", sha256)
                        .mapTo(byte[].class)
                        .findOne())
            .orElseThrow(
                () ->
                    new LockkeeperException(
                        FailureCode.NOT_FOUND,
                        "reading the blob " + sha256,
                        "the store does not have it",
                        "there is nothing to show",
                        "Push the change again, or look for another promotion"));
    if (!Sha256.hex(content).equals(sha256)) {
      throw new LockkeeperException(
          FailureCode.BLOB_CORRUPT,
          "reading the blob " + sha256,
          "its bytes have another hash",
          "somebody changed them in the database",
          "Restore the control-plane database");
    }
    return content;
  }

  @Override
  public BlobRef write(byte[] content) {
    BlobRef blob = BlobRef.of(content);
    jdbi.useTransaction(
        handle -> {
          // Whatever names the blob is committed after it in this database, and so it is on the
          // disk no earlier: the log is written in order.
          handle.execute("SET LOCAL synchronous_commit = off");
          handle
              .createUpdate(
                  """
                  INSERT INTO blob (sha256, size, content) VALUES (:sha256, :size, :content)
                  ON CONFLICT (sha256) DO UPDATE SET kept_at = now()
                  """)
              .bind("sha256", blob.sha256())
              .bind("size", blob.size())
              .bind("content", content)
              .execute();
        });
    return blob;
  }
}
