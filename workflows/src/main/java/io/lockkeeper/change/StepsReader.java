package io.lockkeeper.change;

import io.lockkeeper.finding.Suggestion;
import io.lockkeeper.section.Inverse;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Written;
import io.lockkeeper.step.Written.At;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code before} and {@code after}: the steps that an author wrote, each of one kind. */
final class StepsReader {
  private static final List<String> KINDS = List.of("sql", "check", "measure");

  private final QueryReader queries;
  private final Map<String, Check> checks = new HashMap<>();

  /** Where each stands: {@code staging.before-1}. */
  private final Map<String, YamlValue> written;

  /** Environments that steps name with {@code only}. */
  private final List<YamlValue> named = new ArrayList<>();

  /**
   * @param written receives where each stands
   */
  StepsReader(QueryReader queries, List<Check> checks, Map<String, YamlValue> written) {
    this.queries = queries;
    checks.forEach(check -> this.checks.put(check.name(), check));
    this.written = written;
  }

  /** The key under which it is told where a step stands, by its name. */
  static String place(String environment, String step) {
    return environment + "." + step;
  }

  /** The one of its undo. */
  static String placeOfUndo(String environment, String step) {
    return place(environment, step) + ".undo";
  }

  /**
   * The steps of one list that are for an environment.
   *
   * @param sections files that are applied there
   */
  List<WrittenStep> read(
      Optional<YamlValue> list, String environment, At at, Set<String> sections) {
    List<WrittenStep> steps = new ArrayList<>();
    for (YamlValue item : list.map(YamlValue::list).orElse(List.of())) {
      YamlMap map = item.map(ChangeKeys.STEP);
      if (isFor(map, environment)) {
        String name = Written.name(at, steps.size() + 1);
        step(map, environment, at, sections, name).ifPresent(steps::add);
      }
    }
    return steps;
  }

  /** An environment that the change does not go through is a slip of the pen. */
  void refuseUnknown(Set<String> environments) {
    for (YamlValue only : named) {
      for (String environment : only.texts()) {
        if (!environments.contains(environment)) {
          only.error(
              "unknown-environment",
              "the change does not go through \""
                  + environment
                  + "\""
                  + Suggestion.didYouMean(environment, environments));
        }
      }
    }
  }

  private boolean isFor(YamlMap map, String environment) {
    map.get("only").ifPresent(named::add);
    List<String> only = ProbeReader.only(map);
    return only.isEmpty() || only.contains(environment);
  }

  private Optional<WrittenStep> step(
      YamlMap map, String environment, At at, Set<String> sections, String name) {
    long kinds = KINDS.stream().filter(map::has).count();
    if (kinds != 1) {
      if (!map.refused()) {
        map.self().error("missing-key", "a step has one of sql, check and measure");
      }
      return Optional.empty();
    }
    if (map.has("sql")) {
      return sql(map, environment, at, sections, name);
    }
    for (String key : List.of("undo", "within")) {
      map.get(key).ifPresent(value -> value.error("idle-key", "it belongs to a step with sql"));
    }
    return map.has("check")
        ? map.get("check").flatMap(value -> check(value, environment, at))
        : map.get("measure").flatMap(StepsReader::measures);
  }

  private Optional<WrittenStep> sql(
      YamlMap map, String environment, At at, Set<String> sections, String name) {
    Optional<String> sql = script(map, "sql", sections, place(environment, name));
    Optional<String> undo = script(map, "undo", sections, placeOfUndo(environment, name));
    Optional<Duration> within = map.get("within").flatMap(ProbeReader::duration);
    if (at.back()) {
      map.get("undo")
          .ifPresent(
              value -> value.error("idle-key", "a step of a rollback is not undone: leave it out"));
    } else if (!map.has("undo")) {
      sql.ifPresent(text -> warnOfNoUndo(map, text));
    }
    return sql.map(text -> new WrittenStep.Sql(text, undo, within));
  }

  private Optional<String> script(YamlMap map, String key, Set<String> sections, String place) {
    Optional<YamlValue> value = map.get(key);
    value.ifPresent(v -> written.put(place, v));
    value
        .filter(v -> v.isText() && v.text().filter(sections::contains).isPresent())
        .ifPresent(
            v ->
                v.error(
                    "step-is-a-section",
                    v.text().orElse("")
                        + " is a section too and would be applied twice: move it to files/, or"
                        + " list the files that are sections"));
    return value.flatMap(queries::script);
  }

  /** A rollback would leave it, and nobody has said that this is meant. */
  private static void warnOfNoUndo(YamlMap map, String sql) {
    Unit.parts(sql).stream()
        .map(Unit.Part::meaning)
        .filter(Inverse::mustBeGiven)
        .findFirst()
        .ifPresent(
            meaning ->
                map.self()
                    .warning(
                        "no-undo",
                        "\""
                            + meaning.title()
                            + "\" has no way back by itself, so a rollback leaves it as it is: give"
                            + " the step an undo, if there is something to take back"));
  }

  private Optional<WrittenStep> check(YamlValue value, String environment, At at) {
    return value
        .text()
        .flatMap(
            name -> {
              Check check = checks.get(name);
              if (check == null) {
                value.error(
                    "unknown-check",
                    "there is no check \""
                        + name
                        + "\""
                        + Suggestion.didYouMean(name, checks.keySet()));
                return Optional.empty();
              }
              if (!check.isFor(environment)) {
                value.error(
                    "only-elsewhere",
                    "the check \""
                        + name
                        + "\" is not made in "
                        + environment
                        + ": let only say so");
              }
              boolean compares = check.unchanged() || check.source() instanceof Check.Kept;
              if (at == At.BEFORE && compares) {
                value.error(
                    "misplaced-check",
                    "\"" + name + "\" compares with the baseline, which comes after this step");
              }
              return Optional.of(new WrittenStep.OfCheck(name));
            });
  }

  private static Optional<WrittenStep> measures(YamlValue value) {
    YamlMap map = value.map(ChangeKeys.MEASURES);
    map.get("settings")
        .ifPresent(
            settings ->
                settings.error(
                    "idle-key", "settings of our own session stand in measures, not in a step"));
    Optional<Measures> measures = MeasuresReader.onTarget(List.of(value));
    if (measures.isEmpty() && value.isMap()) {
      value.error("missing-key", "say what holds from here: read_only, drain, or roles");
    }
    return measures.map(WrittenStep.OfMeasures::new);
  }
}
