package io.lockkeeper.activities.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activity.Progress.Counted;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** How far a restore has come: tables whose rows are in, as pg_restore says with --verbose. */
final class RestoreCourse implements ClientTool.Look {
  private static final Pattern FINISHED =
      Pattern.compile("pg_restore: finished item [0-9]+ TABLE DATA ");

  private static final double NANOS = 1e9;

  private final Running running;
  private final int tables;
  private final long began = System.nanoTime();
  private long read;
  private long done;
  private String rest = "";

  /**
   * @param tables that have rows to be restored
   */
  RestoreCourse(Running running, int tables) {
    this.running = running;
    this.tables = tables;
  }

  @Override
  public void at(Path output) throws IOException {
    done += FINISHED.matcher(whole(output)).results().count();
    // The ledger's own tables are restored too, and not counted.
    long shown = Math.min(done, tables);
    running.counts(
        "restoring",
        Optional.of(new Counted("tables", shown, tables)),
        DumpCourse.left(shown, tables, (System.nanoTime() - began) / NANOS));
  }

  /** What was printed since the last look, up to the end of a line. */
  private String whole(Path output) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
      byte[] bytes = new byte[(int) Math.min(1 << 20, file.length() - read)];
      file.seek(read);
      file.readFully(bytes);
      read += bytes.length;
      String text = rest + new String(bytes, UTF_8);
      int end = text.lastIndexOf('\n') + 1;
      rest = text.substring(end);
      return text.substring(0, end);
    }
  }
}
