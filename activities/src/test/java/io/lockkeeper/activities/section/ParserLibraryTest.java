package io.lockkeeper.activities.section;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.section.ScriptCase.Word;
import io.lockkeeper.section.Script;
import io.lockkeeper.section.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.junit.jupiter.api.Test;
import org.pgcodekeeper.core.parsers.antlr.base.AntlrParser;

/**
 * Scripts are split where another parser of PostgreSQL's language splits them, written by other
 * people. Where the two differ, {@link ScriptsTest} has the server decide.
 */
class ParserLibraryTest {
  /** The library needs more stack and time for the great ones. */
  private static final int LONGEST = 2_000;

  /**
   * It takes the second line of an E'' string for a string without escapes; the server does not.
   */
  private static final String CONTINUED = "SELECT E'a' -- it's ;\n  '\\'; -- '; SELECT 1";

  /** The library's statements; nothing where it finds a mistake in the text. */
  private static Optional<List<String>> library(String text) {
    List<Object> errors = new ArrayList<>();
    List<String> statements =
        AntlrParser.createSQLParser(text, "script", errors).sql().statement().stream()
            .map(statement -> written(text, statement))
            .toList();
    return errors.isEmpty() ? Optional.of(statements) : Optional.empty();
  }

  /** Its places are counted in code points. */
  private static String written(String text, ParserRuleContext statement) {
    int start = statement.getStart().getStartIndex();
    int end = statement.getStop().getStopIndex() + 1;
    return text.substring(text.offsetByCodePoints(0, start), text.offsetByCodePoints(0, end));
  }

  private static List<String> ours(String text) {
    return Script.split(text).stream().map(Statement::text).toList();
  }

  private static List<ScriptCase> cases(Word word) {
    return ScriptCase.all().stream()
        .filter(one -> one.word() == word && one.text().length() <= LONGEST)
        .toList();
  }

  @Test
  void scriptThatTheLibraryTakes_isSplitInTheSamePlaces() {
    List<ScriptCase> others = new ArrayList<>();
    int taken = 0;
    for (ScriptCase one : cases(Word.SPLITS)) {
      Optional<List<String>> library = library(one.text());
      taken += library.isPresent() ? 1 : 0;
      if (library.filter(statements -> !statements.equals(ours(one.text()))).isPresent()) {
        others.add(one);
      }
    }

    assertThat(others).extracting(ScriptCase::text).containsExactly(CONTINUED);
    assertThat(taken).isGreaterThan(170);
  }
}
