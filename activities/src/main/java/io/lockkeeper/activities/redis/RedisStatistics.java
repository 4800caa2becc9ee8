package io.lockkeeper.activities.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.activities.settings.SecretRef;
import io.lockkeeper.activities.settings.Sources.Redis;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Asks a Redis for its statistics, by a connection of its own each time: {@code AUTH} where there
 * is a password, then {@code INFO}. Nothing is written and no key is read. Source: INFO of Redis
 * 2.8 on and of what speaks like it (RESP2).
 */
final class RedisStatistics {
  /** For the whole conversation. */
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  /** INFO is a few kilobytes. */
  private static final int MOST_BYTES = 1 << 20;

  private static final int LONGEST_LINE = 1000;

  private final Redis server;
  private final Duration timeout;

  RedisStatistics(Redis server) {
    this(server, TIMEOUT);
  }

  RedisStatistics(Redis server, Duration timeout) {
    this.server = server;
    this.timeout = timeout;
  }

  /** The server answered, and refused. Its words hold no secret. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String words) {
      super(words);
    }
  }

  /**
   * Values of INFO by name.
   *
   * @throws IOException where it cannot be reached, has not told all in time, or refuses
   * @throws io.lockkeeper.failure.LockkeeperException where the password cannot be read
   */
  Map<String, String> info() throws IOException {
    Optional<String> password = server.password().map(SecretRef::read);
    try (Socket socket = connected()) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      if (password.isPresent()) {
        List<String> words = new ArrayList<>(List.of("AUTH"));
        server.user().ifPresent(words::add);
        words.add(password.get());
        ask(in, out, words.toArray(String[]::new));
      }
      Map<String, String> values = new HashMap<>(values(ask(in, out, "INFO", "server")));
      values.putAll(values(ask(in, out, "INFO", "stats")));
      return values;
    }
  }

  private Socket connected() throws IOException {
    DeadlineSocket socket = new DeadlineSocket(timeout);
    try {
      socket.connect(new InetSocketAddress(server.host(), server.port()), socket.left());
      return server.tls() ? secured(socket) : socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private Socket secured(Socket plain) throws IOException {
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    SSLSocket secure = (SSLSocket) factory.createSocket(plain, server.host(), server.port(), true);
    SSLParameters parameters = secure.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secure.setSSLParameters(parameters);
    secure.startHandshake();
    return secure;
  }

  private static String ask(InputStream in, OutputStream out, String... words) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.write(("*" + words.length + "\r\n").getBytes(UTF_8));
    for (String word : words) {
      byte[] bytes = word.getBytes(UTF_8);
      request.write(("$" + bytes.length + "\r\n").getBytes(UTF_8));
      request.write(bytes);
      request.write("\r\n".getBytes(UTF_8));
    }
    out.write(request.toByteArray());
    out.flush();
    return answer(in);
  }

  /** A simple string, an error, or a string with its length in front. */
  private static String answer(InputStream in) throws IOException {
    String line = line(in);
    char kind = line.isEmpty() ? ' ' : line.charAt(0);
    String rest = line.isEmpty() ? "" : line.substring(1);
    if (kind == '+') {
      return rest;
    }
    if (kind == '-') {
      throw new RefusedException(rest);
    }
    if (kind != '$') {
      throw new IOException("it does not speak as Redis does");
    }
    int length = rest.matches("[0-9]{1,7}") ? Integer.parseInt(rest) : -1;
    if (length < 0 || length > MOST_BYTES) {
      throw new IOException("it answers with a text of length " + rest);
    }
    byte[] bytes = in.readNBytes(length);
    line(in);
    return new String(bytes, UTF_8);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("it closed the connection");
      }
      if (line.length() > LONGEST_LINE) {
        throw new IOException("it does not speak as Redis does");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  private static Map<String, String> values(String info) {
    Map<String, String> values = new HashMap<>();
    info.lines()
        .forEach(
            line -> {
              int colon = line.indexOf(':');
              if (colon > 0) {
                values.put(line.substring(0, colon), line.substring(colon + 1).strip());
              }
            });
    return values;
  }
}
