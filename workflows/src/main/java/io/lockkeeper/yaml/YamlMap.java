package io.lockkeeper.yaml;

import java.util.Map;
import java.util.Optional;

/** A mapping that holds only known, supported keys. */
public final class YamlMap {
  private final YamlValue self;
  private final Map<String, YamlValue> values;
  private final boolean refused;

  YamlMap(YamlValue self, Map<String, YamlValue> values, boolean refused) {
    this.self = self;
    this.values = values;
    this.refused = refused;
  }

  /** The mapping as a value, for findings about all of it. */
  public YamlValue self() {
    return self;
  }

  /** Whether a key of a later version stood here, so that what seems to be missing may be it. */
  public boolean refused() {
    return refused;
  }

  public boolean has(String key) {
    return values.containsKey(key);
  }

  public Optional<YamlValue> get(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** As {@link #get}, and a finding where the key is missing. */
  public Optional<YamlValue> require(String key) {
    Optional<YamlValue> value = get(key);
    if (value.isEmpty()) {
      self.error("missing-key", "the key \"" + key + "\" is missing");
    }
    return value;
  }
}
