package io.lockkeeper.activities.doctor;

import io.lockkeeper.activities.doctor.TargetDoctor.Look;
import io.lockkeeper.activities.figures.EnvironmentFigures;
import io.lockkeeper.activities.redis.RedisServers;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.limit.Metrics;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.limit.Reading;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks whether the sources that the worker's file names tell what they are there for. Environments
 * that name none have nothing to be looked at.
 */
final class SourcesDoctor {
  private final String environment;
  private final List<Look> looks = new ArrayList<>();

  private SourcesDoctor(String environment) {
    this.environment = environment;
  }

  static List<Look> examine(EnvironmentSettings environment) {
    SourcesDoctor doctor = new SourcesDoctor(environment.name());
    EnvironmentFigures figures = new EnvironmentFigures(environment);
    if (environment.sources().host().isPresent() || environment.sources().process().isPresent()) {
      Map<String, Reading> sample = new LinkedHashMap<>();
      figures.sampleNow(sample, List.of());
      sample.forEach((metric, reading) -> doctor.look("host", metric, reading));
    }
    if (environment.sources().prometheus().isPresent()) {
      figures
          .baseline()
          .forEach(
              (metric, reading) -> {
                if (metric.startsWith("prometheus.")) {
                  doctor.look("prometheus", metric, reading);
                }
              });
    }
    RedisServers redis = new RedisServers(environment.sources().redis());
    for (String name : redis.names()) {
      RedisServers.Told told = redis.ask(name);
      doctor.add(
          "redis",
          told.lookups().isPresent(),
          told.lookups().isPresent()
              ? name + " tells its look-ups"
              : name + ": " + told.why() + ": look at redis in the worker's file");
    }
    return doctor.looks;
  }

  private void look(String about, String metric, Reading reading) {
    if (reading instanceof Reading.Figure figure) {
      add(about, true, metric + " " + Quantity.print(figure.value(), Metrics.dimension(metric)));
    } else if (reading instanceof Reading.Missing missing) {
      add(
          about,
          false,
          metric
              + " has no figure: "
              + missing.why()
              + ": limits on it are INCONCLUSIVE until the worker's file or its source is mended");
    }
  }

  private void add(String about, boolean fine, String sentence) {
    looks.add(new Look(environment, "", about, fine, sentence));
  }
}
