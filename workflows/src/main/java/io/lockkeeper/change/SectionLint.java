package io.lockkeeper.change;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.change.Change.Risk;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.SqlSyntaxException;
import io.lockkeeper.section.Statement;
import io.lockkeeper.section.Token;
import io.lockkeeper.section.Unit;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds what would go wrong with a change's statements, before any environment sees them. */
final class SectionLint {
  /** Functions whose value moves, which an index predicate refuses (pg_proc.provolatile). */
  private static final Set<String> MOVING =
      Set.of(
          "now",
          "current_date",
          "current_time",
          "current_timestamp",
          "localtime",
          "localtimestamp",
          "clock_timestamp",
          "statement_timestamp",
          "random");

  private final Map<String, byte[]> files;
  private final Findings findings;

  private static final Pattern DROPS = Pattern.compile("(?i)\\bDROP\\b");
  private static final Pattern IF_EXISTS = Pattern.compile("(?i)\\bIF\\s+EXISTS\\b");

  private SectionLint(Map<String, byte[]> files, Findings findings) {
    this.files = files;
    this.findings = findings;
  }

  static void check(Change change, Map<String, byte[]> files, Findings findings) {
    SectionLint lint = new SectionLint(files, findings);
    Set<Section> sections = new LinkedHashSet<>();
    for (EnvironmentPlan plan : change.through()) {
      sections.addAll(plan.sections());
      plan.sections().forEach(section -> lint.wayBack(section, plan.forwardOnly()));
    }
    sections.forEach(lint::check);
    boolean loses = sections.stream().anyMatch(Section::losesData);
    if (loses && change.risk() == Risk.LOW) {
      findings.error(
          "risk-too-low",
          BundleFiles.CHANGE,
          1,
          1,
          "a section may lose data, so the risk is not low: write risk: medium or high");
    }
  }

  private void check(Section section) {
    Optional<List<Unit>> units = read(section.file());
    if (section.rules().batches()) {
      units.ifPresent(read -> BatchesLint.check(section, read, findings));
    }
    boolean several = units.filter(u -> u.size() > 1).isPresent();
    section.down().ifPresent(file -> down(file, several));
    if (units.filter(List::isEmpty).isPresent()) {
      findings.error("empty-section", section.file(), 1, 1, "the section holds no statement");
    }
    for (Unit unit : units.orElse(List.of())) {
      for (Unit.Part part : unit.statements()) {
        check(section, part);
      }
    }
  }

  /**
   * @param several whether the section may stop between two of its units; its script runs whole
   */
  private void down(String file, boolean several) {
    Optional<List<Unit>> script = read(file);
    for (Unit unit : several ? script.orElse(List.of()) : List.<Unit>of()) {
      unit.statements().stream()
          .map(Unit.Part::statement)
          .filter(statement -> DROPS.matcher(statement.text()).find())
          .filter(statement -> !IF_EXISTS.matcher(statement.text()).find())
          .forEach(
              statement ->
                  findings.error(
                      "way-back-half-way",
                      file,
                      statement.line(),
                      statement.column(),
                      "the section has several units and may stop between them; then this fails,"
                          + " because what it drops is not there: write IF EXISTS, or give each"
                          + " unit a section of its own"));
    }
    if (script.filter(List::isEmpty).isPresent()) {
      findings.error(
          "empty-way-back",
          file,
          1,
          1,
          "the script that takes the section back holds no statement: write it, or remove the file");
    }
  }

  /** Nothing where the file is not SQL; then a finding says so. */
  private Optional<List<Unit>> read(String file) {
    try {
      // Not new String(): that puts another character in the place of one it cannot read.
      CharBuffer text = UTF_8.newDecoder().decode(ByteBuffer.wrap(files.get(file)));
      return Optional.of(Unit.read(text.toString()));
    } catch (CharacterCodingException e) {
      findings.error("not-utf8", file, 1, 1, "the file is not UTF-8: save it as UTF-8");
      return Optional.empty();
    } catch (SqlSyntaxException e) {
      findings.error(e.code(), file, e.line(), e.column(), e.text());
      return Optional.empty();
    }
  }

  private void check(Section section, Unit.Part part) {
    Statement statement = part.statement();
    if (part.meaning() instanceof Meaning.CreateIndex index) {
      if (index.concurrently() && index.ifNotExists()) {
        error(
            section,
            statement,
            "if-not-exists",
            "IF NOT EXISTS passes over an index that a failed build left INVALID: remove it; the"
                + " ledger makes running again safe");
      }
      movingPredicate(statement)
          .ifPresent(
              token ->
                  findings.error(
                      "moving-predicate",
                      section.file(),
                      token.line(),
                      token.column(),
                      "an index predicate must be immutable and "
                          + token.text().toUpperCase(Locale.ROOT)
                          + " is not: the server refuses it. Compare with a column or a constant"));
    }
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
    Statement statement = part.statement();
    String message = "\"" + part.meaning().title() + "\" has no way back by itself: ";
    if (forwardOnly.isPresent()) {
      findings.warning(
          "no-way-back",
          section.file(),
          statement.line(),
          statement.column(),
          message + "the change is forward-only, because " + forwardOnly.get());
    } else {
      error(
          section,
          statement,
          "no-way-back",
          message
              + "write the script that takes the section back into "
              + section.file().replaceFirst("\\.sql$", ".down.sql"));
    }
  }

  private static Optional<Token> movingPredicate(Statement statement) {
    boolean inPredicate = false;
    for (Token token : statement.tokens()) {
      inPredicate |= token.kind() == Token.Kind.WORD && token.text().equalsIgnoreCase("where");
      if (inPredicate
          && token.kind() == Token.Kind.WORD
          && MOVING.contains(token.text().toLowerCase(Locale.ROOT))) {
        return Optional.of(token);
      }
    }
    return Optional.empty();
  }

  private void error(Section section, Statement statement, String code, String message) {
    findings.error(code, section.file(), statement.line(), statement.column(), message);
  }
}
