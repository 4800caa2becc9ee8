package io.lockkeeper.activities.log;

import io.lockkeeper.blob.Sha256;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Pattern;

/**
 * One file of a log, as long as it was when it was opened. It stays the same file when it is
 * renamed meanwhile. Not safe for threads.
 */
final class OpenLog implements Closeable {
  private static final int CHUNK = 1 << 16;

  /** Some lines, of which one will bear a time. */
  private static final int DIGESTED = 1024;

  private static final int DIGITS = 16;

  private final String file;
  private final SeekableByteChannel channel;
  private final long size;

  private OpenLog(String file, SeekableByteChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    this.size = channel.size();
  }

  /**
   * @throws IOException where it cannot be read, or was replaced in this moment
   */
  static OpenLog of(Path path) throws IOException {
    String file = identity(path);
    SeekableByteChannel channel = Files.newByteChannel(path);
    try {
      if (!file.equals(identity(path))) {
        throw new IOException(path + " was replaced while it was opened");
      }
      return new OpenLog(file, channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** The file's inode where the system has one. */
  static String identity(Path path) throws IOException {
    return String.valueOf(Files.readAttributes(path, BasicFileAttributes.class).fileKey());
  }

  String file() {
    return file;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Whether it is the file of the mark, and was not cut since. */
  boolean goesOnFrom(LogMark mark) throws IOException {
    return file.equals(mark.file())
        && size >= mark.offset()
        && (mark.digest().isEmpty() || mark.digest().equals(digestBefore(mark.offset())));
  }

  /** Where it ends. */
  LogMark end() throws IOException {
    return new LogMark(file, size, 0, digestBefore(size), false);
  }

  /**
   * Counts on from a mark of this file.
   *
   * @param isOver whether nothing is written to it any more
   */
  LogMark count(LogMark from, Pattern pattern, boolean isOver) throws IOException {
    MatchingLines lines = new MatchingLines(pattern, from);
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    long left = size - from.offset();
    channel.position(from.offset());
    while (left > 0 && channel.read(chunk.clear().limit((int) Math.min(CHUNK, left))) > 0) {
      left -= chunk.flip().remaining();
      lines.take(chunk);
    }
    if (isOver) {
      lines.close();
    }
    return new LogMark(
        file, lines.judged(), lines.matches(), digestBefore(lines.judged()), lines.inLine());
  }

  private String digestBefore(long offset) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(DIGESTED, offset));
    channel.position(offset - bytes.capacity());
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new IOException("the log was cut while it was read");
      }
    }
    return Sha256.hex(bytes.array()).substring(0, DIGITS);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
