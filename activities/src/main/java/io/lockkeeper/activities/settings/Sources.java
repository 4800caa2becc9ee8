package io.lockkeeper.activities.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where figures come from that no database tells.
 *
 * @param host of the machine of the targets; absent where the file does not say, see {@link
 *     EnvironmentSettings#host}
 * @param process file with the id of the application's process, on this machine
 * @param redis servers by name, in the order written
 */
public record Sources(
    Optional<Host> host,
    Optional<Path> process,
    Optional<Prometheus> prometheus,
    Map<String, Redis> redis) {
  public static final Sources NONE =
      new Sources(Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

  public Sources {
    redis = Collections.unmodifiableMap(new LinkedHashMap<>(redis));
  }

  /** Who tells of the machine on which the targets run. */
  public enum Host {
    /** This machine's {@code /proc}: the targets run beside the worker. */
    LOCAL,
    PROMETHEUS,
    NONE
  }

  /**
   * A Prometheus, and what it is asked.
   *
   * @param url without path; requests go there and to no other place
   * @param queries PromQL by name, each of which gives one number, in the order written
   */
  public record Prometheus(URI url, Map<String, String> queries) {
    public Prometheus {
      queries = Collections.unmodifiableMap(new LinkedHashMap<>(queries));
    }
  }

  /**
   * A Redis.
   *
   * @param user absent for the default one
   * @param password absent where it asks for none
   */
  public record Redis(
      String host, int port, boolean tls, Optional<String> user, Optional<SecretRef> password) {
    private static final int PORT = 6379;

    /**
     * Of {@code redis://[USER@]HOST[:PORT]}, or {@code rediss} for TLS.
     *
     * @throws IllegalArgumentException with a message for the person who wrote it
     */
    public static Redis of(String url, Optional<SecretRef> password) {
      URI place = place(url);
      boolean tls = "rediss".equals(place.getScheme());
      boolean known = tls || "redis".equals(place.getScheme());
      String user = place.getUserInfo() == null ? "" : place.getUserInfo();
      if (!known || place.getHost() == null || user.contains(":")) {
        throw wrong();
      }
      return new Redis(
          place.getHost(),
          place.getPort() < 0 ? PORT : place.getPort(),
          tls,
          Optional.of(user).filter(name -> !name.isEmpty()),
          password);
    }

    private static URI place(String url) {
      try {
        return new URI(url);
      } catch (URISyntaxException e) {
        // Its message repeats the text, in which a password may stand.
        throw wrong();
      }
    }

    private static IllegalArgumentException wrong() {
      return new IllegalArgumentException(
          "write redis://HOST:PORT or rediss://HOST:PORT, and the password under password");
    }

    /** {@code host:port}. */
    public String place() {
      return host + ":" + port;
    }
  }
}
