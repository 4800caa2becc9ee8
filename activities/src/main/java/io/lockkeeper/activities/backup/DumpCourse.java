package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activity.Progress.Counted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How far a dump has come. pg_dump does not tell: what it has written is held against what it is
 * thought to write, so the share is an estimate, and stops below the whole.
 */
final class DumpCourse implements ClientTool.Look {
  /** Of a database's size, where there is no earlier backup: indexes are left out, rows packed. */
  private static final double USUAL_SHARE = 0.25;

  private static final double NANOS = 1e9;

  private final Running running;
  private final Path part;
  private final long expected;
  private final long began = System.nanoTime();

  /**
   * @param part what it writes, a file or a folder
   * @param expected bytes
   */
  DumpCourse(Running running, Path part, long expected) {
    this.running = running;
    this.part = part;
    this.expected = expected;
  }

  /**
   * How large a dump will be: as the last one was, grown as the database has.
   *
   * @param last the newest of this database; absent where there is none
   */
  static long expected(Optional<Manifest> last, long databaseSize) {
    return last.filter(manifest -> manifest.databaseSize() > 0)
        .map(manifest -> (double) manifest.size() / manifest.databaseSize())
        .map(share -> Math.round(share * databaseSize))
        .orElseGet(() -> Math.round(USUAL_SHARE * databaseSize));
  }

  @Override
  public void at(Path output) throws IOException {
    long done = BackupStore.size(part);
    running.counts(
        "dumping",
        Optional.of(new Counted("bytes", done, Math.max(done, expected))),
        left(done, expected, (System.nanoTime() - began) / NANOS));
  }

  /** Seconds that are left at the pace up to now; nothing before there is one. */
  static Optional<Double> left(long done, long total, double seconds) {
    return done > 0 && done < total && seconds >= 1
        ? Optional.of((total - done) * seconds / done)
        : Optional.empty();
  }
}
