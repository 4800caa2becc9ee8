package io.lockkeeper.deploy.cli;

import io.lockkeeper.deploy.standalone.Cache;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.nio.file.Path;
import java.util.Optional;

/** Where things are when nobody says. */
final class Defaults {
  private Defaults() {}

  /** An installation's folder. */
  static Path data() {
    return variable("XDG_DATA_HOME")
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".local/share"))
        .resolve("lockkeeper");
  }

  /** The demo's own folder: only what takes long to make outlives a run. */
  static Path demo() {
    return Cache.folder().resolve("demo");
  }

  /** The checkout, as the launcher says. */
  static Path home() {
    String home = System.getProperty("lockkeeper.home");
    if (home == null) {
      throw new LockkeeperException(
          FailureCode.CONFIGURATION,
          "looking for the checkout",
          "the property lockkeeper.home is not set",
          "nothing was started",
          "Start by deploy/lockkeeper");
    }
    return Path.of(home);
  }

  static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
  }
}
