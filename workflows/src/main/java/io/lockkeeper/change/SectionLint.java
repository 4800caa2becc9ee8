package io.lockkeeper.change;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.change.Change.Risk;
import io.lockkeeper.finding.Finding.Severity;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.lint.Hazard;
import io.lockkeeper.lint.SectionScript;
import io.lockkeeper.lint.StatementLint;
import io.lockkeeper.section.SqlSyntaxException;
import io.lockkeeper.section.Statement;
import io.lockkeeper.section.Token;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Written.At;
import io.lockkeeper.yaml.YamlValue;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds what would go wrong with a change's statements, before any environment sees them. */
final class SectionLint {
  private final Map<String, byte[]> files;
  private final Findings findings;
  private final Map<String, Optional<List<Unit>>> read = new HashMap<>();

  private SectionLint(Map<String, byte[]> files, Findings findings) {
    this.files = files;
    this.findings = findings;
  }

  /**
   * Gives what queries beside the sections are held against.
   *
   * @param written where steps stand, by {@link StepsReader#place}; may be empty
   */
  static StatementLint check(
      Change change, Map<String, byte[]> files, Findings findings, Map<String, YamlValue> written) {
    SectionLint lint = new SectionLint(files, findings);
    StepScripts steps = new StepScripts(change, files, written);
    Set<Section> sections = new LinkedHashSet<>();
    for (EnvironmentPlan plan : change.through()) {
      sections.addAll(plan.sections());
      plan.sections().forEach(section -> lint.wayBack(section, plan.forwardOnly()));
    }
    List<SectionScript> scripts = new ArrayList<>(steps.at(At.BEFORE));
    sections.forEach(section -> lint.check(section, scripts));
    scripts.addAll(steps.at(At.AFTER));
    scripts.addAll(steps.followUps());
    sections.forEach(section -> lint.down(section, scripts));
    scripts.addAll(steps.back());
    StatementLint statements = new StatementLint(scripts, findings);
    statements.check();
    boolean loses = sections.stream().anyMatch(Section::losesData);
    if (loses && change.risk() == Risk.LOW) {
      findings.error(
          "risk-too-low",
          BundleFiles.CHANGE,
          1,
          1,
          "a section may lose data, so the risk is not low: write risk: medium or high");
    }
    return statements;
  }

  private void check(Section section, List<SectionScript> scripts) {
    Optional<List<Unit>> units = read(section.file());
    boolean batch =
        !section.rules().batches()
            || units.filter(read -> !BatchesLint.check(section, read, findings)).isEmpty();
    if (units.filter(List::isEmpty).isPresent()) {
      findings.error("empty-section", section.file(), 1, 1, "the section holds no statement");
    }
    // What stands in the wrong place is told once.
    units.filter(read -> batch).ifPresent(read -> scripts.add(script(section.file(), false, read)));
  }

  private void down(Section section, List<SectionScript> scripts) {
    if (section.down().isEmpty()) {
      return;
    }
    String file = section.down().get();
    boolean several =
        scripts.stream()
            .anyMatch(script -> script.file().equals(section.file()) && script.units().size() > 1);
    Optional<List<Unit>> script = read(file);
    if (several) {
      script.ifPresent(units -> halfWay(file, units));
    }
    if (script.filter(List::isEmpty).isPresent()) {
      tell(
          Hazard.EMPTY_WAY_BACK,
          file,
          1,
          1,
          "the script that takes the section back holds no statement: write it, or remove the file");
    }
    script.ifPresent(units -> scripts.add(script(file, true, units)));
    List<Unit> forward = read(section.file()).orElse(List.of());
    script.filter(units -> !units.isEmpty()).ifPresent(units -> leaves(section, forward, units));
  }

  /** What the section makes, and its script passes over in silence. */
  private void leaves(Section section, List<Unit> forward, List<Unit> back) {
    for (Unmentioned.Made made : Unmentioned.of(forward, back)) {
      tell(
          Hazard.WAY_BACK_LEAVES,
          section.file(),
          made.statement().line(),
          made.statement().column(),
          section.down().orElseThrow()
              + " says nothing of "
              + made.what()
              + ": a rollback would leave it there, and without the script it would be taken back");
    }
  }

  /** The section may stop between two of its units; its script runs whole. */
  private void halfWay(String file, List<Unit> script) {
    for (Unit unit : script) {
      unit.statements().stream()
          .map(Unit.Part::statement)
          .filter(statement -> has(statement, "drop"))
          .filter(statement -> !has(statement, "if", "exists"))
          .forEach(
              statement ->
                  tell(
                      Hazard.WAY_BACK_HALF_WAY,
                      file,
                      statement.line(),
                      statement.column(),
                      "the section has several units and may stop between them; then this fails,"
                          + " because what it drops is not there: write IF EXISTS, or give each"
                          + " unit a section of its own"));
    }
  }

  private static boolean has(Statement statement, String... keywords) {
    List<Token> tokens = statement.tokens();
    for (int at = 0; at + keywords.length <= tokens.size(); at++) {
      boolean all = true;
      for (int i = 0; i < keywords.length; i++) {
        Token token = tokens.get(at + i);
        all &= token.kind() == Token.Kind.WORD && token.text().equalsIgnoreCase(keywords[i]);
      }
      if (all) {
        return true;
      }
    }
    return false;
  }

  /** Nothing where the file is not SQL; then a finding says so. Each file is read once. */
  private Optional<List<Unit>> read(String file) {
    return read.computeIfAbsent(file, this::units);
  }

  private Optional<List<Unit>> units(String file) {
    try {
      return text(file).map(Unit::read);
    } catch (SqlSyntaxException e) {
      findings.error(e.code(), file, e.line(), e.column(), e.text());
      return Optional.empty();
    }
  }

  private Optional<String> text(String file) {
    try {
      // Not new String(): that puts another character in the place of one it cannot read.
      return Optional.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(files.get(file))).toString());
    } catch (CharacterCodingException e) {
      findings.error("not-utf8", file, 1, 1, "the file is not UTF-8: save it as UTF-8");
      return Optional.empty();
    }
  }

  private SectionScript script(String file, boolean back, List<Unit> units) {
    return new SectionScript(file, back, text(file).orElse(""), units);
  }

  /** Said as an error where nobody decided about it, as a warning where it goes forward only. */
  private void wayBack(Section section, Optional<String> forwardOnly) {
    if (section.rules().keep()) {
      return;
    }
    for (Unit unit : read(section.file()).orElse(List.of())) {
      for (Unit.Part part : unit.statements()) {
        if (!section.takesBack(part.meaning())) {
          noWayBack(section, part, forwardOnly);
        }
      }
    }
  }

  private void noWayBack(Section section, Unit.Part part, Optional<String> forwardOnly) {
    Statement at = part.statement();
    String message = "\"" + part.meaning().title() + "\" has no way back by itself: ";
    if (forwardOnly.isPresent()) {
      findings.add(
          Hazard.NO_WAY_BACK.found(
              Severity.WARNING,
              section.file(),
              at.line(),
              at.column(),
              message + "the change is forward-only, because " + forwardOnly.get(),
              Optional.empty()));
    } else {
      tell(
          Hazard.NO_WAY_BACK,
          section.file(),
          at.line(),
          at.column(),
          message
              + "write the script that takes the section back into "
              + section.file().replaceFirst("\\.sql$", ".down.sql"));
    }
  }

  private void tell(Hazard hazard, String file, int line, int column, String message) {
    findings.add(hazard.found(file, line, column, message, Optional.empty()));
  }
}
