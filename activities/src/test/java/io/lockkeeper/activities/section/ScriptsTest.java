package io.lockkeeper.activities.section;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.RawSession;
import io.lockkeeper.activities.fixture.RawSession.Answer;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.section.ScriptCase.Word;
import io.lockkeeper.activities.section.ServersWord.Count;
import io.lockkeeper.section.Script;
import io.lockkeeper.section.SqlSyntaxException;
import io.lockkeeper.section.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Odd and hostile scripts are refused, or split exactly as the server does. */
class ScriptsTest {
  private static final List<ScriptCase> CASES = ScriptCase.all();

  private static Database database;
  private static RawSession session;

  @BeforeAll
  static void connect() {
    database = Server.fresh();
    session = database.raw();
  }

  @AfterAll
  static void close() {
    session.close();
    database.close();
  }

  /** What we do with a text: the statements, or the refusal with the place. */
  private static String ours(String text) {
    try {
      return Script.split(text).stream().map(Statement::text).toList().toString();
    } catch (SqlSyntaxException e) {
      return e.code() + " at " + e.line() + ":" + e.column();
    }
  }

  private static String expected(ScriptCase one) {
    return one.word() == Word.SPLITS
        ? one.statements().toString()
        : one.code() + " at " + place(one.text().substring(0, one.place()));
  }

  private static String place(String before) {
    String[] lines = before.replaceFirst("^\uFEFF", "").split("\r\n|\r|\n", -1);
    return lines.length + ":" + (lines[lines.length - 1].length() + 1);
  }

  @Test
  void casesAreMany_andOfManyClasses() {
    assertThat(CASES).hasSizeGreaterThanOrEqualTo(300);
    assertThat(CASES.stream().map(ScriptCase::kind).distinct()).hasSizeGreaterThanOrEqualTo(50);
  }

  @Test
  void everyCase_isSplitOrRefusedAsItSays() {
    List<String> wrong = new ArrayList<>();
    for (ScriptCase one : CASES) {
      String ours = ours(one.text());
      if (!ours.equals(expected(one))) {
        wrong.add(one + "\n   is " + shown(ours) + "\n   not " + shown(expected(one)));
      }
    }

    assertThat(wrong).isEmpty();
  }

  private static String shown(String text) {
    return text.length() > 300 ? text.substring(0, 300) + "…" : text;
  }

  @Test
  void everyCaseThatIsSplit_isTheSameNumberOfStatementsForTheServer() {
    ServersWord server = new ServersWord(session);
    List<String> wrong = new ArrayList<>();
    for (ScriptCase one : cases(Word.SPLITS)) {
      for (String difference : server.differences(one.text(), Script.split(one.text()))) {
        wrong.add(one + ": " + shown(difference));
      }
    }

    assertThat(wrong).isEmpty();
  }

  @Test
  void everyCaseThatIsRefused_isRefusedByTheServerUnlessItSaysOtherwise() {
    ServersWord server = new ServersWord(session);

    assertThat(cases(Word.REFUSES))
        .filteredOn(one -> server.count(one.text()) != Count.REFUSED)
        .isEmpty();
    // The rows after COPY, which psql would not send as SQL, and what 16 brought.
    assertThat(cases(Word.MAY_TAKE))
        .filteredOn(one -> server.count(one.text()) == Count.REFUSED)
        .filteredOn(one -> !one.code().equals("copy-from-stdin"))
        .filteredOn(one -> !one.text().contains("JSON_OBJECT"))
        .isEmpty();
  }

  private static List<ScriptCase> cases(Word word) {
    return CASES.stream().filter(one -> one.word() == word).toList();
  }

  /** Not only parsed: run, where the whole of it can be, and counted. */
  @Test
  void scriptThatRuns_completesAsManyStatementsAsItIsSplitInto() {
    int ran = 0;
    try (RawSession own = database.raw()) {
      for (ScriptCase one : cases(Word.SPLITS)) {
        own.run("BEGIN");
        Answer answer = own.run(one.text().replaceFirst("^\uFEFF", ""));
        own.run("ROLLBACK");
        if (answer.refusal().isEmpty()) {
          assertThat(answer.completed()).as(one.toString()).isEqualTo(one.statements().size());
          assertThat(answer.empty()).as(one.toString()).isEqualTo(one.statements().isEmpty());
          ran++;
        }
      }
    }

    assertThat(ran).isGreaterThan(100);
  }

  /** The comparison is worth something: a script that is split wrongly is found. */
  @Test
  void scriptThatIsSplitWrongly_isFound() {
    ServersWord server = new ServersWord(session);

    assertThat(server.differences("SELECT 1; SELECT 2", Script.split("SELECT 1, SELECT 2")))
        .containsExactly("part 1 is not one statement: SELECT 1; SELECT 2");
    assertThat(server.differences("SELECT 1, SELECT 2", Script.split("SELECT 1; SELECT 2")))
        .containsExactly("it refuses the text, and none of its parts");
    assertThat(server.differences("SELECT 1 -- ; SELECT 2", Script.split("SELECT 1 ---; SELECT")))
        .isEmpty();
    assertThat(server.differences("SELECT 1 -- ; SELECT 2", Script.split("SELECT 1    ; SELECT 2")))
        .containsExactly("part 1 is not one statement: SELECT 1 -- ; ");
    assertThat(server.differences("SELECT 1;--SELECT 2", Script.split("SELECT 1;  SELECT 2")))
        .containsExactly("part 1 is not one statement: SELECT 1;--");
    assertThat(server.differences("SELECT 1; SELECT 2", Script.split("/*-- 1*/; SELECT 2")))
        .containsExactly("something stands before the first part");
    assertThat(server.differences("--        SELECT 2", Script.split("          SELECT 2")))
        .containsExactly("something stands before the first part");
  }
}
