package io.lockkeeper.change;

import io.lockkeeper.limit.MetricScope;
import io.lockkeeper.yaml.YamlValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lists of limits that merge level by level: what stands lower replaces what stands above it on the
 * same metric, and {@code metric = off} drops it.
 */
final class ByMetric<T> {
  private static final Pattern OFF = Pattern.compile("([a-z][a-z0-9_.]*)\\s*=\\s*off");

  private final MetricScope scope;
  private final Function<T, String> about;
  private final Function<YamlValue, Optional<T>> reader;

  /**
   * @param about the metric, or what else two of them may both be about
   * @param reader of one item; nothing where it is refused
   */
  ByMetric(MetricScope scope, Function<T, String> about, Function<YamlValue, Optional<T>> reader) {
    this.scope = scope;
    this.about = about;
    this.reader = reader;
  }

  /**
   * @param above what holds where the levels say nothing
   * @param levels the uppermost first
   */
  List<T> merge(List<T> above, List<YamlValue> levels) {
    List<T> merged = above;
    for (YamlValue level : levels) {
      merged = merge(merged, level);
    }
    return merged;
  }

  private List<T> merge(List<T> above, YamlValue level) {
    Set<String> replaced = new HashSet<>();
    List<T> own = new ArrayList<>();
    for (YamlValue item : level.listOrOne()) {
      Matcher off = OFF.matcher(item.isText() ? item.text().orElse("").trim() : "");
      if (off.matches()) {
        drop(item, off.group(1), above);
        replaced.add(off.group(1));
      } else {
        reader
            .apply(item)
            .ifPresent(
                limit -> {
                  own.add(limit);
                  replaced.add(about.apply(limit));
                });
      }
    }
    List<T> merged =
        new ArrayList<>(above.stream().filter(l -> !replaced.contains(about.apply(l))).toList());
    merged.addAll(own);
    return merged;
  }

  private void drop(YamlValue item, String metric, List<T> above) {
    boolean known = item.parsed("bad-limit", text -> scope.resolve(metric)).isPresent();
    if (known && above.stream().noneMatch(limit -> about.apply(limit).equals(metric))) {
      item.error(
          "nothing-to-drop",
          "it drops the limit on " + metric + " from above, and there is none: leave it out");
    }
  }
}
