package io.lockkeeper.blob;

/**
 * Points at content in the blob store.
 *
 * @param sha256 64 lower-case hex digits, the content's SHA-256 and its address
 * @param size bytes, zero for empty content
 */
public record BlobRef(String sha256, long size) {
  public BlobRef {
    if (!Sha256.isHex(sha256)) {
      throw new IllegalArgumentException("not a SHA-256: " + sha256);
    }
    if (size < 0) {
      throw new IllegalArgumentException("negative size: " + size);
    }
  }

  public static BlobRef of(byte[] content) {
    return new BlobRef(Sha256.hex(content), content.length);
  }
}
