package io.lockkeeper.section;

import io.lockkeeper.section.ObjectChange.StoredSetting;
import java.util.Optional;

/** Reads {@code ALTER DATABASE} and {@code ALTER ROLE} as far as they set what sessions have. */
final class StoredSettingReader {
  private final TokenReader tokens;

  /** After {@code ALTER}. */
  StoredSettingReader(TokenReader tokens) {
    this.tokens = tokens;
  }

  /** Nothing where it is something else. */
  Optional<Meaning> read() {
    if (tokens.skip("database")) {
      Optional<String> database = Optional.of(tokens.name());
      return setting(Optional.empty(), database);
    }
    if (!tokens.skip("role") && !tokens.skip("user")) {
      return Optional.empty();
    }
    Optional<String> role = tokens.skip("all") ? Optional.empty() : Optional.of(tokens.name());
    Optional<String> database =
        tokens.skip("in", "database") ? Optional.of(tokens.name()) : Optional.empty();
    return setting(role, database);
  }

  private Optional<Meaning> setting(Optional<String> role, Optional<String> database) {
    boolean sets = tokens.skip("set");
    if ((!sets && !tokens.skip("reset")) || tokens.nextIs("tablespace")) {
      return Optional.empty();
    }
    if (!sets && tokens.skip("all")) {
      return Optional.of(new StoredSetting(role, database, Optional.empty()));
    }
    String name = tokens.skip("time", "zone") ? "TimeZone" : tokens.qualifiedName().text();
    boolean plain =
        tokens.atEnd()
            || tokens.nextIsSymbol('=')
            || tokens.nextIs("to")
            || tokens.nextIs("from")
            || name.equals("TimeZone");
    return plain
        ? Optional.of(new StoredSetting(role, database, Optional.of(name)))
        : Optional.empty();
  }
}
