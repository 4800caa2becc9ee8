package io.lockkeeper.change;

import io.lockkeeper.change.SectionRules.Existing;
import io.lockkeeper.finding.Suggestion;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads the options of one section; of two levels the lower wins, and limits merge by metric. */
final class SectionReader {
  private static final String KEEP = "keep";

  private final Set<String> files;
  private final Set<String> checks;
  private final GuardReader guards = new GuardReader();

  SectionReader(Set<String> files, Set<String> checks) {
    this.files = files;
    this.checks = checks;
  }

  Section read(SectionsReader.Chosen chosen, SectionRules usual) {
    Options options = new Options(chosen.options());
    boolean keep = options.get("rollback").filter(SectionReader::isKeep).isPresent();
    return new Section(
        chosen.file(),
        options.get("name").flatMap(YamlValue::text).orElseGet(chosen::plainName),
        options.get("loses_data").flatMap(YamlValue::bool).orElse(false),
        keep ? Optional.empty() : down(chosen.file(), options),
        rules(options, usual, keep));
  }

  private SectionRules rules(Options options, SectionRules usual, boolean keep) {
    return new SectionRules(
        guards.guard(usual.guard(), options.all("guard")),
        guards.health(usual.health(), options.all("health")),
        options.get("checks").map(this::checks).orElse(usual.checks()),
        options.get("within").flatMap(SectionReader::span),
        options.get("each").flatMap(SectionReader::span),
        options.get("pace").flatMap(ProbeReader::duration).orElse(usual.pace()),
        options.get("batches").flatMap(YamlValue::bool).orElse(usual.batches()),
        options.get("existing").flatMap(SectionReader::existing).orElse(usual.existing()),
        keep,
        usual.resume(),
        usual.endIdleBlockers());
  }

  private static boolean isKeep(YamlValue value) {
    return value.isText() && value.text().filter(KEEP::equals).isPresent();
  }

  /** The script that is named, else the one beside the section. */
  private Optional<String> down(String file, Options options) {
    Optional<YamlValue> named = options.get("rollback");
    if (named.isPresent()) {
      return named.get().parsed("missing-file", this::script);
    }
    String beside = file.substring(0, file.length() - ".sql".length()) + ".down.sql";
    return files.contains(beside) ? Optional.of(beside) : Optional.empty();
  }

  private String script(String file) {
    if (files.contains(file) && file.endsWith(".sql")) {
      return file;
    }
    throw new IllegalArgumentException(
        "the bundle has no file "
            + file
            + " that ends in .sql"
            + Suggestion.didYouMean(file, files)
            + ": name the script that takes the section back, or write keep");
  }

  private List<String> checks(YamlValue value) {
    List<String> names = new ArrayList<>();
    for (YamlValue item : value.listOrOne()) {
      item.parsed("unknown-check", this::check).ifPresent(names::add);
    }
    return names;
  }

  private String check(String name) {
    if (checks.contains(name)) {
      return name;
    }
    throw new IllegalArgumentException(
        "the change has no check \"" + name + "\"" + Suggestion.didYouMean(name, checks));
  }

  /** Never nothing: whatever is done takes time. */
  private static Optional<Duration> span(YamlValue value) {
    return value.parsed(
        "not-a-duration",
        text -> {
          Duration span = Durations.parse(text);
          if (span.isZero()) {
            throw new IllegalArgumentException("\"" + text + "\" lets nothing be done");
          }
          return span;
        });
  }

  private static Optional<Existing> existing(YamlValue value) {
    return value
        .oneOf(List.of("stop", "adopt"))
        .map(word -> Existing.valueOf(word.toUpperCase(Locale.ROOT)));
  }

  /** What stands at the levels, the uppermost first. */
  private record Options(List<YamlMap> levels) {

    /** The lowest wins. */
    Optional<YamlValue> get(String key) {
      return levels.stream().flatMap(map -> map.get(key).stream()).reduce((upper, lower) -> lower);
    }

    List<YamlValue> all(String key) {
      return levels.stream().flatMap(map -> map.get(key).stream()).toList();
    }
  }
}
