package io.lockkeeper.activities.figures;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counters that count from a stage's start, by marks that travel from window to window. */
final class Since {
  private Since() {}

  /**
   * How much counters rose since their mark, which is set where there is none.
   *
   * @param marks are changed
   * @param origin what the counters belong to: after another one they begin from zero
   * @param now one or more; one that fell began from zero
   */
  static long[] mark(Map<String, String> marks, String name, String origin, long... now) {
    @Nullable String mark = marks.get(name);
    long[] base = mark == null ? now.clone() : base(mark, origin, now.length);
    long[] rise = new long[now.length];
    StringBuilder written = new StringBuilder(origin).append('|');
    for (int i = 0; i < now.length; i++) {
      base[i] = now[i] < base[i] ? 0 : base[i];
      rise[i] = now[i] - base[i];
      written.append(i == 0 ? "" : ",").append(base[i]);
    }
    marks.put(name, written.toString());
    return rise;
  }

  private static long[] base(String mark, String origin, int length) {
    long[] base = new long[length];
    if (mark.startsWith(origin + "|")) {
      String[] parts = mark.substring(origin.length() + 1).split(",");
      for (int i = 0; i < Math.min(length, parts.length); i++) {
        base[i] = Long.parseLong(parts[i]);
      }
    }
    return base;
  }
}
