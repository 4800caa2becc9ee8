package io.lockkeeper.change;

import io.lockkeeper.finding.Suggestion;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;

/** Reads {@code sections}: a glob, or a list of files with their options. */
final class SectionsReader {
  private static final String DOWN = ".down.sql";

  private final Set<String> files;

  SectionsReader(Set<String> files) {
    this.files = files;
  }

  /** {@code sql/*.sql}, where nothing is written. */
  List<Section> all(YamlValue self) {
    return unique(self, glob(self, "sql/*.sql"));
  }

  List<Section> read(YamlValue value) {
    if (value.isMap()) {
      value.notSupportedYet("sections as a mapping");
      return List.of();
    }
    if (value.isText()) {
      return value.text().map(pattern -> unique(value, glob(value, pattern))).orElse(List.of());
    }
    List<Section> sections = new ArrayList<>();
    value.list().forEach(item -> sections.addAll(item(item)));
    return unique(value, sections);
  }

  /** Sections are found again by their names. */
  private static List<Section> unique(YamlValue value, List<Section> sections) {
    Set<String> names = new HashSet<>();
    for (Section section : sections) {
      if (!names.add(section.name())) {
        value.error("duplicate-name", "two sections are called \"" + section.name() + "\"");
      }
      if (section.name().equals(Section.ANALYZE)) {
        value.error(
            "reserved-name",
            "\""
                + section.name()
                + "\" is the section that is added by itself: rename "
                + section.file()
                + ", or give it another name");
      }
    }
    return sections;
  }

  private List<Section> item(YamlValue item) {
    if (item.isText()) {
      return item.text().map(pattern -> glob(item, pattern)).orElse(List.of());
    }
    YamlMap map = item.map(ChangeKeys.SECTION);
    Optional<YamlValue> file = map.require("file");
    Optional<String> name = map.get("name").flatMap(YamlValue::text);
    boolean losesData = map.get("loses_data").flatMap(YamlValue::bool).orElse(false);
    return file.flatMap(YamlValue::text).filter(text -> exists(file.get(), text)).stream()
        .map(text -> section(text, name.orElse(plainName(text)), losesData))
        .toList();
  }

  private List<Section> glob(YamlValue value, String pattern) {
    PathMatcher matcher;
    try {
      matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    } catch (PatternSyntaxException e) {
      value.error("bad-glob", "\"" + pattern + "\" is not a glob: " + e.getDescription());
      return List.of();
    }
    List<Section> sections =
        files.stream()
            .filter(file -> file.endsWith(".sql") && !file.endsWith(DOWN))
            .filter(file -> matcher.matches(Path.of(file)))
            .map(file -> section(file, plainName(file), false))
            .toList();
    if (sections.isEmpty()) {
      value.error(
          "missing-file",
          "the bundle has no file " + pattern + Suggestion.didYouMean(pattern, files));
    }
    return sections;
  }

  private boolean exists(YamlValue value, String file) {
    if (!file.endsWith(".sql")) {
      value.error("not-sql", "\"" + file + "\": a section is a file that ends in .sql");
      return false;
    }
    if (files.contains(file)) {
      return true;
    }
    value.error(
        "missing-file", "the bundle has no file " + file + Suggestion.didYouMean(file, files));
    return false;
  }

  private Section section(String file, String name, boolean losesData) {
    String down = file.substring(0, file.length() - ".sql".length()) + DOWN;
    return new Section(
        file,
        name,
        losesData,
        files.contains(down) ? Optional.of(down) : Optional.empty(),
        SectionRules.USUAL);
  }

  private static String plainName(String file) {
    String last = file.substring(file.lastIndexOf('/') + 1);
    return last.endsWith(".sql") ? last.substring(0, last.length() - ".sql".length()) : last;
  }
}
