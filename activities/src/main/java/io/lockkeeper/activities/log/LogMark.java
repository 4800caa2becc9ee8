package io.lockkeeper.activities.log;

import java.io.IOException;

/**
 * How far a log was read, and what was found until there.
 *
 * @param file identity, which is its inode where the system has one
 * @param offset bytes: the end of the last whole line, or where the log stood when it was marked
 * @param matches lines that matched between the first mark and the offset
 * @param digest of the bytes before the offset, which tells whether they are still there; empty in
 *     marks of earlier versions
 * @param inLine whether the offset is within a line that was judged by its beginning
 */
record LogMark(String file, long offset, long matches, String digest, boolean inLine) {
  private static final String IN_LINE = "inside";

  /** In the place of a file's identity, which no file has. */
  private static final String NO_FILE = "none";

  /** Before everything that any file will hold. */
  static LogMark beforeAll() {
    return new LogMark(NO_FILE, 0, 0, "", false);
  }

  /** The beginning of a file that goes on where another one ended. */
  LogMark startOf(String next) {
    return new LogMark(next, 0, matches, "", false);
  }

  /** As {@link #text} wrote it, or a version before it: that knew file and offset only. */
  static LogMark read(String text) throws IOException {
    String[] parts = text.split(" ", -1);
    try {
      return switch (parts.length) {
        case 2 -> new LogMark(parts[0], Long.parseLong(parts[1]), 0, "", false);
        case 4, 5 ->
            new LogMark(
                parts[0],
                Long.parseLong(parts[1]),
                Long.parseLong(parts[2]),
                parts[3],
                parts.length == 5);
        default -> throw new IOException("no mark of a log: " + text);
      };
    } catch (NumberFormatException e) {
      throw new IOException("no mark of a log: " + text, e);
    }
  }

  String text() {
    return file + " " + offset + " " + matches + " " + digest + (inLine ? " " + IN_LINE : "");
  }
}
