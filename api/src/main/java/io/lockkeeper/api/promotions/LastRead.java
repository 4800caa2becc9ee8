package io.lockkeeper.api.promotions;

import io.lockkeeper.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the last texts were read as: whoever follows a promotion asks for the same one several times
 * a second, and its plan alone is tens of kilobytes. Safe for many threads.
 *
 * @param <T> of values that cannot be changed
 */
final class LastRead<T> {
  private final Class<T> type;
  private final Map<String, T> values;

  /**
   * @param kept so many at most
   */
  LastRead(Class<T> type, int kept) {
    this.type = type;
    this.values =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
            return size() > kept;
          }
        };
  }

  /**
   * @throws IllegalArgumentException where the text is not JSON of that type
   */
  T of(String text) {
    @Nullable T known;
    synchronized (values) {
      known = values.get(text);
    }
    if (known != null) {
      return known;
    }
    T read = Json.read(text, type);
    synchronized (values) {
      values.put(text, read);
    }
    return read;
  }
}
