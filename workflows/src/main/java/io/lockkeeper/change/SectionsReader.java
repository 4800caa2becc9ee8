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

/**
 * Reads {@code sections}: a glob or a list chooses files, a mapping gives options to those chosen.
 * What stands lower chooses anew, or adds its options by the names of files.
 */
final class SectionsReader {
  private static final String USUAL = "sql/*.sql";
  private static final String SQL = ".sql";
  private static final String DOWN = ".down.sql";

  private final Set<String> files;
  private final SectionReader sections;

  /**
   * @param checks names of the change's checks
   */
  SectionsReader(Set<String> files, Set<String> checks) {
    this.files = files;
    this.sections = new SectionReader(files, checks);
  }

  /**
   * A file that is a section.
   *
   * @param options the uppermost first
   */
  record Chosen(String file, List<YamlMap> options) {

    /** The file's name without folders and ending. */
    String plainName() {
      String last = file.substring(file.lastIndexOf('/') + 1);
      return last.endsWith(SQL) ? last.substring(0, last.length() - SQL.length()) : last;
    }

    private Chosen with(YamlMap more) {
      List<YamlMap> all = new ArrayList<>(options);
      all.add(more);
      return new Chosen(file, all);
    }
  }

  /**
   * @param self where nothing is written
   * @param levels the top's first
   * @param rules of a section without options
   */
  List<Section> read(YamlValue self, List<YamlValue> levels, SectionRules rules) {
    int chooses = levels.size() - 1;
    while (chooses >= 0 && levels.get(chooses).isMap()) {
      chooses--;
    }
    List<Chosen> chosen = chooses < 0 ? glob(self, USUAL) : choose(levels.get(chooses));
    for (YamlValue options : levels.subList(chooses + 1, levels.size())) {
      chosen = refine(chosen, options);
    }
    YamlValue at = levels.isEmpty() ? self : levels.get(levels.size() - 1);
    return unique(at, chosen.stream().map(file -> sections.read(file, rules)).toList());
  }

  private List<Chosen> choose(YamlValue value) {
    if (value.isText()) {
      return value.text().map(pattern -> glob(value, pattern)).orElse(List.of());
    }
    List<Chosen> chosen = new ArrayList<>();
    value.list().forEach(item -> chosen.addAll(item(item)));
    return chosen;
  }

  private List<Chosen> refine(List<Chosen> chosen, YamlValue options) {
    List<Chosen> refined = new ArrayList<>(chosen);
    List<String> names = chosen.stream().map(Chosen::plainName).toList();
    options
        .entries()
        .forEach(
            (name, value) -> {
              if (!names.contains(name)) {
                value.error(
                    "unknown-section",
                    "no section has the file \""
                        + name
                        + ".sql\""
                        + Suggestion.didYouMean(name, names));
              }
              YamlMap map = value.map(ChangeKeys.SECTION_OPTIONS);
              refined.replaceAll(c -> c.plainName().equals(name) ? c.with(map) : c);
            });
    return refined;
  }

  /** Sections are found again by their names. */
  private static List<Section> unique(YamlValue value, List<Section> sections) {
    Set<String> names = new HashSet<>();
    Set<String> files = new HashSet<>(sections.stream().map(Section::file).toList());
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
      section
          .down()
          .filter(files::contains)
          .ifPresent(
              down ->
                  value.error(
                      "way-back-is-a-section",
                      down
                          + " takes "
                          + section.name()
                          + " back and would be applied as a section too: let its name end in"
                          + " .down.sql, or list the files that are sections"));
    }
    return sections;
  }

  private List<Chosen> item(YamlValue item) {
    if (item.isText()) {
      return item.text().map(pattern -> glob(item, pattern)).orElse(List.of());
    }
    YamlMap map = item.map(ChangeKeys.SECTION);
    Optional<YamlValue> file = map.require("file");
    return file.flatMap(YamlValue::text).filter(text -> exists(file.get(), text)).stream()
        .map(text -> new Chosen(text, List.of(map)))
        .toList();
  }

  private List<Chosen> glob(YamlValue value, String pattern) {
    PathMatcher matcher;
    try {
      matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    } catch (PatternSyntaxException e) {
      value.error("bad-glob", "\"" + pattern + "\" is not a glob: " + e.getDescription());
      return List.of();
    }
    List<Chosen> chosen =
        files.stream()
            .filter(file -> file.endsWith(SQL) && !file.endsWith(DOWN))
            .filter(file -> matcher.matches(Path.of(file)))
            .map(file -> new Chosen(file, List.of()))
            .toList();
    if (chosen.isEmpty()) {
      value.error(
          "missing-file",
          "the bundle has no file " + pattern + Suggestion.didYouMean(pattern, files));
    }
    return chosen;
  }

  private boolean exists(YamlValue value, String file) {
    if (!file.endsWith(SQL)) {
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
}
