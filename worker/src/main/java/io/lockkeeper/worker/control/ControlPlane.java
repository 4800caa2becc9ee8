package io.lockkeeper.worker.control;

import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.blob.Blobs;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.environment.EnvironmentFacts;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.json.Json;
import io.lockkeeper.signoff.Action;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The control plane as a worker sees it: over HTTP, outbound only, with the worker's token. What
 * was read once stays in a folder, because content by hash never changes. Safe for many threads.
 */
public final class ControlPlane implements Blobs {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final URI server;
  private final String token;
  private final Path cache;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  /**
   * @param server such as {@code http://127.0.0.1:8080}
   * @param cache a folder of this worker's own; made where it is missing
   */
  public ControlPlane(URI server, String token, Path cache) {
    this.server = server;
    this.token = token;
    try {
      this.cache = Files.createDirectories(cache);
    } catch (IOException e) {
      throw new UncheckedIOException("making the folder " + cache, e);
    }
  }

  /** A worker that announces its environments. */
  public record Announcement(String worker, List<EnvironmentFacts> environments) {}

  /** Work that was refused, for a promotion that may not exist. */
  public record Refused(String promotion, Action action, String environment, String why) {}

  /** Measures that a worker put back, of a promotion that may not exist any more. */
  public record MeasuresPutBack(String promotion, String environment, String sentence) {}

  @Override
  public byte[] read(String sha256) {
    Path kept = cache.resolve(sha256);
    try {
      if (Files.exists(kept)) {
        byte[] content = Files.readAllBytes(kept);
        if (Sha256.hex(content).equals(sha256)) {
          return content;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + kept, e);
    }
    byte[] content = fetch(sha256);
    keep(kept, content);
    return content;
  }

  @Override
  public BlobRef write(byte[] content) {
    BlobRef blob = BlobRef.of(content);
    HttpRequest request =
        request("/internal/blobs/" + blob.sha256())
            .header("Content-Type", "application/octet-stream")
            .PUT(BodyPublishers.ofByteArray(content))
            .build();
    expect(send(request, "keeping " + content.length + " bytes"), 204, request);
    keep(cache.resolve(blob.sha256()), content);
    return blob;
  }

  public void announce(Announcement announcement) {
    post("/internal/announcements", announcement, "announcing itself");
  }

  public void refused(Refused refused) {
    post("/internal/refusals", refused, "telling of a refusal");
  }

  public void putBack(MeasuresPutBack measures) {
    post("/internal/measures", measures, "telling of measures that were put back");
  }

  private void post(String path, Object body, String what) {
    HttpRequest request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(Json.canonical(body)))
            .build();
    expect(send(request, what), 204, request);
  }

  private byte[] fetch(String sha256) {
    HttpRequest request = request("/internal/blobs/" + sha256).GET().build();
    HttpResponse<byte[]> response = send(request, "fetching the blob " + sha256);
    expect(response, 200, request);
    if (!Sha256.hex(response.body()).equals(sha256)) {
      throw new LockkeeperException(
          FailureCode.BLOB_CORRUPT,
          "fetching the blob " + sha256 + " from " + server,
          "the bytes that came have another hash",
          "they were thrown away",
          "Look for what stands between the worker and the API");
    }
    return response.body();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve(path))
        .timeout(TIMEOUT)
        .header("Authorization", "Bearer " + token);
  }

  private HttpResponse<byte[]> send(HttpRequest request, String what) {
    try {
      return client.send(request, BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw unavailable(what, e.getClass().getSimpleName(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(what, "interrupted", e);
    }
  }

  private void expect(HttpResponse<byte[]> response, int status, HttpRequest request) {
    if (response.statusCode() == 401 || response.statusCode() == 403) {
      throw new LockkeeperException(
          FailureCode.NOT_ALLOWED,
          "asking " + request.uri(),
          "status " + response.statusCode(),
          "the worker's token does not count there",
          "Make one by lockkeeper token create --service --role worker and set LOCKKEEPER_TOKEN");
    }
    if (response.statusCode() != status) {
      throw unavailable("asking " + request.uri(), "status " + response.statusCode(), null);
    }
  }

  private LockkeeperException unavailable(String what, String found, @Nullable Throwable cause) {
    return new LockkeeperException(
        FailureCode.BLOB_UNAVAILABLE,
        what + " at " + server,
        found,
        "the control plane is away",
        "Start the API; it is tried again by itself",
        cause);
  }

  private static void keep(Path place, byte[] content) {
    try {
      Path part = Files.createTempFile(place.getParent(), "blob", ".part");
      Files.write(part, content);
      Files.move(part, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("keeping " + place, e);
    }
  }
}
