package io.lockkeeper.deploy.standalone;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds a Temporal server to run: {@code temporal} on the PATH, one built earlier into the cache,
 * or one built now from the pinned module where Go is there.
 */
public final class TemporalBinary {
  /** The version that deploy/temporal/go.mod pins. */
  private static final String VERSION = "1.8.2";

  private TemporalBinary() {}

  /**
   * The binary; nothing where there is none and it cannot be built.
   *
   * @param home the checkout
   * @param out told of a build, which takes minutes
   */
  public static Optional<Path> find(Path home, PrintStream out) {
    Optional<Path> installed = onPath("temporal");
    if (installed.isPresent()) {
      return installed;
    }
    Path built = Cache.folder().resolve("temporal-" + VERSION);
    if (Files.isExecutable(built)) {
      return Optional.of(built);
    }
    Path module = home.resolve("deploy/temporal");
    if (onPath("go").isEmpty() || !Files.exists(module.resolve("build"))) {
      return Optional.empty();
    }
    build(module, built, out);
    return Optional.of(built);
  }

  /** A program of the PATH. */
  public static Optional<Path> onPath(String program) {
    @Nullable String path = System.getenv("PATH");
    return List.of((path == null ? "" : path).split(":")).stream()
        .filter(folder -> !folder.isBlank())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static void build(Path module, Path built, PrintStream out) {
    out.println("building Temporal " + VERSION + " once into " + built + " (4 to 8 minutes)");
    try {
      Process process =
          new ProcessBuilder(module.resolve("build").toString(), built.toString())
              .redirectErrorStream(true)
              .start();
      process.inputReader().lines().forEach(line -> out.println("  " + line));
      if (process.waitFor() != 0) {
        throw failed(module, "the build ended with " + process.exitValue(), null);
      }
    } catch (IOException e) {
      throw failed(module, String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(module, "interrupted", e);
    }
  }

  private static LockkeeperException failed(Path module, String found, @Nullable Throwable cause) {
    return new LockkeeperException(
        FailureCode.TEMPORAL_UNREACHABLE,
        "building Temporal from " + module,
        found,
        "there is no Temporal to run on",
        "Mend the cause, install temporal, or set TEMPORAL_ADDRESS",
        cause);
  }
}
