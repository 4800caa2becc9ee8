package io.lockkeeper.activities.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.lockkeeper.activities.settings.Sources.Redis;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against a server that answers a byte at a time, and never to the end. */
class RedisStatisticsTest {
  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final Duration TIMEOUT = Duration.ofMillis(400);

  private final ServerSocket server = server();
  private final CountDownLatch closed = new CountDownLatch(1);

  private static ServerSocket server() {
    try {
      return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("listening", e);
    }
  }

  @AfterEach
  void close() throws IOException {
    closed.countDown();
    server.close();
  }

  /**
   * @param first bytes, which come at once
   */
  private void drips(byte[] first) {
    Thread thread = new Thread(() -> drip(first), "dripping-redis");
    thread.setDaemon(true);
    thread.start();
  }

  private void drip(byte[] first) {
    try (Socket client = server.accept();
        OutputStream out = client.getOutputStream()) {
      out.write(first);
      while (!closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        out.write('x');
        out.flush();
      }
    } catch (IOException | InterruptedException e) {
      // Who asked has gone.
      Thread.currentThread().interrupt();
    }
  }

  private IOException asked(String scheme) {
    Redis redis = Redis.of(scheme + "://127.0.0.1:" + server.getLocalPort(), Optional.empty());
    RedisStatistics statistics = new RedisStatistics(redis, TIMEOUT);
    return assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> assertThrows(IOException.class, statistics::info));
  }

  @Test
  void answerThatDrips_endsWithTheTimeForAllOfIt() {
    drips("$1000000\r\n".getBytes(US_ASCII));

    assertThat(asked("redis")).isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void handshakeThatDrips_endsWithTheTimeForAllOfIt() {
    // The head of a record of TLS of 16 kB.
    drips(new byte[] {22, 3, 3, 64, 0});

    assertThat(asked("rediss")).hasMessageMatching("(?i).*(timed out|no whole answer).*");
  }
}
