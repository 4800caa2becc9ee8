package io.lockkeeper.activities.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.regex.Pattern;

/**
 * Counts lines that match in bytes as they come. A line counts once it is whole; of a long one the
 * beginning is looked at, and what follows it is not kept. Not safe for threads.
 */
final class MatchingLines {
  /** Bytes of a line that are looked at. */
  static final int MAX_LINE = 1 << 16;

  private final Pattern pattern;
  private final byte[] line = new byte[MAX_LINE];
  private int length;
  private long position;
  private long judged;
  private long matches;
  private boolean inLine;

  MatchingLines(Pattern pattern, LogMark from) {
    this.pattern = pattern;
    this.position = from.offset();
    this.judged = from.offset();
    this.matches = from.matches();
    this.inLine = from.inLine();
  }

  void take(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      position++;
      if (next == '\n') {
        end();
        inLine = false;
      } else if (inLine) {
        judged = position;
      } else {
        line[length++] = next;
        if (length == MAX_LINE) {
          end();
          inLine = true;
        }
      }
    }
  }

  /** Nothing comes after the last line any more, though it has no end. */
  void close() {
    if (length > 0) {
      end();
    }
  }

  private void end() {
    if (!inLine) {
      boolean returned = length > 0 && line[length - 1] == '\r';
      String text = new String(line, 0, returned ? length - 1 : length, UTF_8);
      matches += pattern.matcher(text).find() ? 1 : 0;
    }
    length = 0;
    judged = position;
  }

  /** Bytes of the file before which every line has been judged. */
  long judged() {
    return judged;
  }

  long matches() {
    return matches;
  }

  boolean inLine() {
    return inLine;
  }
}
