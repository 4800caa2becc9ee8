package io.lockkeeper.change;

import io.lockkeeper.finding.Findings;
import io.lockkeeper.lint.Hazard;
import io.lockkeeper.section.Statement;
import io.lockkeeper.section.Token;
import io.lockkeeper.section.Unit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Whether a section can run in batches: its one statement again, until it changes no row. */
final class BatchesLint {
  private static final List<String> VERBS =
      List.of("insert", "update", "delete", "merge", "select");

  private BatchesLint() {}

  /** Whether it can; where not, a finding says why. */
  static boolean check(Section section, List<Unit> units, Findings findings) {
    List<Statement> statements =
        units.stream()
            .flatMap(unit -> unit.statements().stream())
            .map(Unit.Part::statement)
            .toList();
    Optional<String> wrong = statements.isEmpty() ? Optional.empty() : why(statements);
    wrong.ifPresent(
        why -> {
          Statement at = statements.get(statements.size() > 1 ? 1 : 0);
          findings.add(
              Hazard.NOT_A_BATCH.found(
                  section.file(), at.line(), at.column(), why, Optional.empty()));
        });
    return wrong.isEmpty();
  }

  private static Optional<String> why(List<Statement> statements) {
    if (statements.size() > 1) {
      return Optional.of(
          "a section in batches runs its one statement again and again, and this is a second one:"
              + " give it a section of its own");
    }
    Set<String> words = outerWords(statements.get(0));
    Optional<String> verb = words.stream().filter(VERBS::contains).findFirst();
    if (verb.filter(word -> changes(words, word)).isEmpty()) {
      return Optional.of(
          "a section in batches ends when its statement changes no row, and this one changes no"
              + " rows: write INSERT, UPDATE, DELETE or MERGE, or leave batches out");
    }
    boolean always =
        (verb.get().equals("update") && !words.contains("where"))
            || (verb.get().equals("insert")
                && words.contains("values")
                && !words.contains("conflict"));
    return always
        ? Optional.of(
            "each batch of this "
                + verb.get().toUpperCase(Locale.ROOT)
                + " changes the same rows again, so it never ends: choose rows that are not done"
                + " yet, such as WHERE id IN (SELECT id … LIMIT 1000)")
        : Optional.empty();
  }

  private static boolean changes(Set<String> words, String verb) {
    String first = words.iterator().next();
    return !verb.equals("select") && (first.equals("with") || first.equals(verb));
  }

  /** Words outside of parentheses, in lower case and in order. */
  private static Set<String> outerWords(Statement statement) {
    Set<String> words = new LinkedHashSet<>();
    int depth = 0;
    for (Token token : statement.tokens()) {
      if (token.kind() == Token.Kind.SYMBOL) {
        depth += token.text().equals("(") ? 1 : token.text().equals(")") ? -1 : 0;
      }
      if (depth == 0 && token.kind() == Token.Kind.WORD) {
        words.add(token.text().toLowerCase(Locale.ROOT));
      }
    }
    return words;
  }
}
