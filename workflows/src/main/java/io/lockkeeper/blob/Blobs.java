package io.lockkeeper.blob;

/**
 * The store of content by hash. Writing the same content twice is writing it once.
 *
 * <p>Errors: {@link io.lockkeeper.failure.LockkeeperException} with {@code BLOB_UNAVAILABLE} where
 * the store cannot be reached (retried), {@code BLOB_CORRUPT} where bytes do not match their hash
 * (never retried). Implementations are safe for many threads.
 */
public interface Blobs {
  byte[] read(String sha256);

  BlobRef write(byte[] content);
}
