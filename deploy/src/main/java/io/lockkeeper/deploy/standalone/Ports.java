package io.lockkeeper.deploy.standalone;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Free ports of loopback. */
public final class Ports {
  private Ports() {}

  public static int free() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("asking for a free port", e);
    }
  }

  /**
   * @param option by which another one is chosen
   * @throws LockkeeperException where somebody listens there
   */
  static void refuseTaken(int port, String option) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new LockkeeperException(
          FailureCode.PORT_TAKEN,
          "listening on 127.0.0.1:" + port,
          String.valueOf(e.getMessage()),
          "nothing was started",
          "Choose another " + option + ", or end what listens there",
          e);
    }
  }
}
