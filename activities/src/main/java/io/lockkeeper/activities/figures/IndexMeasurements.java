package io.lockkeeper.activities.figures;

import io.lockkeeper.activities.postgres.TouchedIndexes.Found;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bloat of a target's indexes as it was measured, for all who observe the target: an index is read
 * whole for it, so that none is read again for a hundred times as long as all of them took, unless
 * it was built anew. Safe for many threads.
 */
public final class IndexMeasurements {
  private static final int REST = 100;

  /** Nobody observes any more what was not asked for in this time. */
  private static final long FORGOTTEN_NANOS = TimeUnit.HOURS.toNanos(6);

  private final LongSupplier nanos;
  private final Map<Long, Measured> measured = new HashMap<>();
  private final Set<Long> underWay = new HashSet<>();

  /** Reads an index. */
  interface Reader {
    double bloat(Found index) throws SQLException;
  }

  private record Measured(long file, double bloat, long took, long at, long asked) {
    Measured asked(long now) {
      return new Measured(file, bloat, took, at, now);
    }
  }

  public IndexMeasurements() {
    this(System::nanoTime);
  }

  IndexMeasurements(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Bloat by object id, measured now or before; absent of those that somebody else measures for the
   * first time at this moment.
   */
  Map<Long, Double> of(Collection<Found> indexes, Reader reader) throws SQLException {
    for (Found index : indexes) {
      if (begins(index)) {
        measure(index, reader);
      }
    }
    return known(indexes);
  }

  private void measure(Found index, Reader reader) throws SQLException {
    long began = nanos.getAsLong();
    try {
      double bloat = reader.bloat(index);
      long now = nanos.getAsLong();
      synchronized (this) {
        measured.put(index.oid(), new Measured(index.file(), bloat, now - began, now, now));
      }
    } finally {
      synchronized (this) {
        underWay.remove(index.oid());
      }
    }
  }

  private synchronized boolean begins(Found index) {
    long oid = index.oid();
    long now = nanos.getAsLong();
    measured.values().removeIf(known -> now - known.asked() > FORGOTTEN_NANOS);
    @Nullable Measured known = measured.computeIfPresent(oid, (id, before) -> before.asked(now));
    long all = measured.values().stream().mapToLong(Measured::took).sum();
    boolean anew = known == null || known.file() != index.file();
    return (anew || now - known.at() >= REST * all) && underWay.add(oid);
  }

  private synchronized Map<Long, Double> known(Collection<Found> indexes) {
    Map<Long, Double> known = new LinkedHashMap<>();
    for (Found index : indexes) {
      @Nullable Measured last = measured.get(index.oid());
      if (last != null && last.file() == index.file()) {
        known.put(index.oid(), last.bloat());
      }
    }
    return known;
  }
}
