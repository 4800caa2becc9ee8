package io.lockkeeper.activities.sampling;

import io.lockkeeper.change.Change;
import io.lockkeeper.change.Check;
import io.lockkeeper.change.Probe;
import io.lockkeeper.limit.Reading;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Figures of what is measured in other environments only: a limit for all environments may name
 * them, and it does not apply here.
 */
final class Elsewhere {
  private Elsewhere() {}

  static Map<String, Reading> readings(Change change, String environment) {
    Map<String, Reading> readings = new LinkedHashMap<>();
    for (Probe probe : change.probes()) {
      if (!probe.isFor(environment)) {
        none(readings, probe.only(), "probe." + probe.name(), "p50", "p95");
        if (probe.isHttp()) {
          none(readings, probe.only(), "http." + probe.name(), "p95", "error_rate");
        }
      }
    }
    for (Check check : change.checks()) {
      if (!check.isFor(environment) && change.times(check)) {
        none(readings, check.only(), "http." + check.name(), "p95", "error_rate");
      }
      if (!check.isFor(environment) && check.source() instanceof Check.Log) {
        none(readings, check.only(), "log." + check.name(), "matches");
      }
    }
    return readings;
  }

  private static void none(
      Map<String, Reading> readings, List<String> only, String name, String... figures) {
    for (String figure : figures) {
      readings.put(
          name + "." + figure, new Reading.NotApplicable("only in " + String.join(", ", only)));
    }
  }
}
