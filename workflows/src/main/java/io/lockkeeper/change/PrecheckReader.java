package io.lockkeeper.change;

import io.lockkeeper.finding.Suggestion;
import io.lockkeeper.limit.LimitParser;
import io.lockkeeper.limit.MetricScope;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code precheck}: limits and names of checks. Those of the top and of an environment merge
 * by metric, and {@code metric = off} drops the top's.
 */
final class PrecheckReader {
  private static final Duration WAIT = Duration.ofMinutes(10);

  private final Set<String> checks;
  private final MetricScope scope = Metrics.prechecks();
  private final LimitParser parser =
      new LimitParser(scope)
          .once()
          .withoutBaseline("before the change: write a number, or the limit under rollback_if");

  /**
   * @param checks names of the change's checks
   */
  PrecheckReader(Set<String> checks) {
    this.checks = checks;
  }

  /**
   * @param levels the top's first, so that the environment wins
   */
  List<Precheck> read(List<YamlValue> levels) {
    return new ByMetric<>(scope, PrecheckReader::about, this::precheck).merge(List.of(), levels);
  }

  /** Two prechecks about the same replace one another. */
  private static String about(Precheck precheck) {
    return precheck instanceof Precheck.OfLimit limit
        ? limit.limit().metric()
        : "check " + ((Precheck.OfCheck) precheck).check();
  }

  private Optional<Precheck> precheck(YamlValue item) {
    if (item.isText()) {
      return precheck(item, WAIT);
    }
    YamlMap map = item.map(ChangeKeys.PRECHECK);
    Duration wait = map.get("wait").flatMap(ProbeReader::duration).orElse(WAIT);
    return map.require("limit").flatMap(limit -> precheck(limit, wait));
  }

  private Optional<Precheck> precheck(YamlValue item, Duration wait) {
    return item.parsed(
        "bad-limit",
        text -> {
          if (checks.contains(text)) {
            return new Precheck.OfCheck(text, wait);
          }
          if (ProbeReader.NAME.matcher(text).matches()) {
            throw new IllegalArgumentException(
                "\""
                    + text
                    + "\" is neither a limit nor a check of this change"
                    + Suggestion.didYouMean(text, checks));
          }
          return new Precheck.OfLimit(Direction.mustHold(item, parser.parse(text)), wait);
        });
  }
}
