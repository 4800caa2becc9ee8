package io.lockkeeper.activities.redis;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A connection that is over at one moment, however its other end drips: a time-out of its own holds
 * for each read alone. Used by one thread at a time.
 */
final class DeadlineSocket extends Socket {
  private final Duration time;
  private final long end;

  /**
   * @param time for all that is read, from now on
   */
  DeadlineSocket(Duration time) {
    this.time = time;
    this.end = System.nanoTime() + time.toNanos();
  }

  /**
   * Milliseconds, at least one.
   *
   * @throws SocketTimeoutException where the time is over
   */
  int left() throws SocketTimeoutException {
    long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    if (left <= 0) {
      throw new SocketTimeoutException("no whole answer within " + time.toMillis() + " ms");
    }
    return (int) left;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        setSoTimeout(left());
        return super.read();
      }

      @Override
      public int read(byte[] bytes, int from, int length) throws IOException {
        setSoTimeout(left());
        return super.read(bytes, from, length);
      }
    };
  }
}
