package io.lockkeeper.deploy.standalone;

import java.nio.file.Path;
import java.util.Optional;

/** The user's cache: what can be made again, shared by all installations. */
public final class Cache {
  private Cache() {}

  public static Path folder() {
    Optional<String> base =
        Optional.ofNullable(System.getenv("XDG_CACHE_HOME")).filter(s -> !s.isBlank());
    return base.map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
        .resolve("lockkeeper");
  }
}
