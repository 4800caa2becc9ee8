package io.lockkeeper.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys that a mapping may have: those read now, and those of the format that are not supported
 * yet, which are refused by name instead of being ignored.
 */
public final class KeySet {
  /**
   * @param name as written
   * @param supported whether this version reads it
   * @param type how its value looks, in a word, for messages and documentation
   */
  public record Key(String name, boolean supported, String type) {}

  private final String what;
  private final Map<String, Key> keys;

  private KeySet(String what, Map<String, Key> keys) {
    this.what = what;
    this.keys = keys;
  }

  /**
   * @param what what the mapping describes, as it reads in "unknown key of a probe"
   */
  public static Builder of(String what) {
    return new Builder(what);
  }

  public String what() {
    return what;
  }

  public Optional<Key> find(String name) {
    return Optional.ofNullable(keys.get(name));
  }

  /** In the order in which they were declared. */
  public List<Key> all() {
    return new ArrayList<>(keys.values());
  }

  List<String> supportedNames() {
    return keys.values().stream().filter(Key::supported).map(Key::name).toList();
  }

  /** Builds a set key by key. */
  public static final class Builder {
    private final String what;
    private final Map<String, Key> keys = new LinkedHashMap<>();

    private Builder(String what) {
      this.what = what;
    }

    public Builder key(String name, String type) {
      keys.put(name, new Key(name, true, type));
      return this;
    }

    /** Keys of the format that a later version reads. */
    public Builder later(String... names) {
      for (String name : names) {
        keys.put(name, new Key(name, false, ""));
      }
      return this;
    }

    public Builder all(KeySet other) {
      other.keys.values().forEach(key -> keys.putIfAbsent(key.name(), key));
      return this;
    }

    public KeySet build() {
      return new KeySet(what, new LinkedHashMap<>(keys));
    }
  }
}
