package io.lockkeeper.activities.settings;

import io.lockkeeper.blob.Blobs;
import io.lockkeeper.change.Bundle;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bundles by their hash. The bytes prove themselves: whoever gives others is found out. Safe for
 * many threads.
 */
public final class Bundles {
  private static final int KEPT = 16;

  private final Blobs blobs;
  private final Map<String, Bundle> kept =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bundle> eldest) {
          return size() > KEPT;
        }
      };

  public Bundles(Blobs blobs) {
    this.blobs = blobs;
  }

  /**
   * The bundle of that hash.
   *
   * @throws LockkeeperException {@code BLOB_UNAVAILABLE} or {@code BLOB_CORRUPT}
   */
  public synchronized Bundle get(String hash) {
    Bundle known = kept.get(hash);
    if (known == null) {
      known = parse(hash, blobs.read(hash));
      kept.put(hash, known);
    }
    return known;
  }

  private static Bundle parse(String hash, byte[] bytes) {
    try {
      Bundle bundle = Bundle.parse(bytes);
      if (bundle.hash().equals(hash)) {
        return bundle;
      }
    } catch (IllegalArgumentException e) {
      throw corrupt(hash, e);
    }
    throw corrupt(hash, null);
  }

  private static LockkeeperException corrupt(String hash, @Nullable Throwable cause) {
    return new LockkeeperException(
        FailureCode.BLOB_CORRUPT,
        "reading the bundle " + hash,
        "the bytes that came are not it",
        "nothing was done with them",
        "Push the change again",
        cause);
  }
}
