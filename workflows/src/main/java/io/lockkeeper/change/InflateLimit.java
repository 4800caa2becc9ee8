package io.lockkeeper.change;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Ends the reading of an archive that inflates to more than it may, skipped parts included. */
final class InflateLimit extends FilterInputStream {
  private long left;

  InflateLimit(InputStream in, long bytes) {
    super(in);
    this.left = bytes;
  }

  /** More bytes than allowed. */
  static final class ExceededException extends IOException {
    private static final long serialVersionUID = 1;
  }

  @Override
  public int read() throws IOException {
    int read = in.read();
    count(read < 0 ? 0 : 1);
    return read;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = in.read(bytes, offset, length);
    count(read);
    return read;
  }

  @Override
  public long skip(long bytes) throws IOException {
    long skipped = in.skip(bytes);
    count(skipped);
    return skipped;
  }

  private void count(long bytes) throws ExceededException {
    left -= Math.max(0, bytes);
    if (left < 0) {
      throw new ExceededException();
    }
  }
}
