package io.lockkeeper.change;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.lint.SectionScript;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Written.At;
import io.lockkeeper.yaml.YamlValue;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The statements of steps as lint sees them, each text at each place once. */
final class StepScripts {
  private final Change change;
  private final Map<String, byte[]> files;
  private final Map<String, YamlValue> written;

  /**
   * @param written where steps stand, by {@link StepsReader#place}; may be empty
   */
  StepScripts(Change change, Map<String, byte[]> files, Map<String, YamlValue> written) {
    this.change = change;
    this.files = files;
    this.written = written;
  }

  /** Of all environments. */
  List<SectionScript> at(At at) {
    Set<SectionScript> scripts = new LinkedHashSet<>();
    for (EnvironmentPlan plan : change.through()) {
      plan.written()
          .named(at)
          .forEach(
              (name, step) -> {
                if (step instanceof WrittenStep.Sql sql) {
                  String place = StepsReader.place(plan.environment(), name);
                  scripts.add(script(sql.sql(), place, at.back()));
                }
              });
    }
    return List.copyOf(scripts);
  }

  /** Those that are left for afterwards. */
  List<SectionScript> followUps() {
    Set<SectionScript> scripts = new LinkedHashSet<>();
    for (FollowUp followUp : change.followUps()) {
      if (followUp.task() instanceof FollowUp.Sql sql) {
        scripts.add(script(sql.sql(), FollowUpReader.place(followUp.name()), false));
      }
    }
    return List.copyOf(scripts);
  }

  /** What takes back: the undos, and the steps of a rollback. */
  List<SectionScript> back() {
    Set<SectionScript> scripts = new LinkedHashSet<>();
    for (EnvironmentPlan plan : change.through()) {
      for (At at : List.of(At.BEFORE, At.AFTER)) {
        plan.written()
            .named(at)
            .forEach(
                (name, step) -> {
                  if (step instanceof WrittenStep.Sql sql && sql.undo().isPresent()) {
                    String place = StepsReader.placeOfUndo(plan.environment(), name);
                    scripts.add(script(sql.undo().get(), place, true));
                  }
                });
      }
    }
    scripts.addAll(at(At.ROLLBACK_BEFORE));
    scripts.addAll(at(At.ROLLBACK_AFTER));
    return List.copyOf(scripts);
  }

  private SectionScript script(String sql, String place, boolean back) {
    Optional<String> file = file(sql);
    String text = file.isPresent() ? sql : placed(sql, Optional.ofNullable(written.get(place)));
    return new SectionScript(file.orElse(BundleFiles.CHANGE), back, text, Unit.read(text));
  }

  /** The file that holds the statements; nothing where they stand in {@code change.yaml}. */
  private Optional<String> file(String sql) {
    byte[] content = sql.getBytes(UTF_8);
    return files.entrySet().stream()
        .filter(file -> file.getKey().endsWith(".sql"))
        .filter(file -> Arrays.equals(file.getValue(), content))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Moved to where it stands, so that what is found in it has a place there. */
  private static String placed(String sql, Optional<YamlValue> value) {
    return value
        .map(at -> "\n".repeat(at.line() - 1) + " ".repeat(at.column() - 1) + sql)
        .orElse(sql);
  }
}
