package io.lockkeeper.yaml;

import java.util.Optional;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/** Tells a tag that somebody wrote from one that the reader resolved. */
final class YamlTags {
  private YamlTags() {}

  static boolean explicit(Event event) {
    Optional<String> tag = Optional.empty();
    if (event instanceof ScalarEvent scalar) {
      tag = scalar.getTag();
    } else if (event instanceof CollectionStartEvent collection) {
      tag = collection.getTag();
    }
    // "!" alone is what the parser reports for quoted scalars.
    return tag.isPresent() && !tag.get().equals("!");
  }
}
