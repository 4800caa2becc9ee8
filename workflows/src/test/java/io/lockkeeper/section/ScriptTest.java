package io.lockkeeper.section;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptTest {
  /** Each holds semicolons that end nothing, or something that looks like the end of another. */
  private static final List<String> AWKWARD =
      List.of(
          "SELECT 'a;b', 'it''s;', ''",
          "SELECT E'it\\'s;', e'\\\\', E'''\\n;'",
          "SELECT B'01', X'1F', N'a;b', U&'d\\0061t;'",
          "SELECT \"a;b\", \"say \"\"hi;\"\"\"",
          "SELECT $$a;b'$$, $q$a;$$b;$q$, $_1$;$_1$",
          "SELECT $1, a$b$c, $2::text",
          "SELECT 1 -- a comment; with 'a quote\n, 2",
          "SELECT /* a; /* nested; */ 'comment */ 1",
          "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)",
          "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END",
          "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END",
          "CREATE FUNCTION f() RETURNS int AS $$ BEGIN; RETURN 1; END $$ LANGUAGE plpgsql",
          "SELECT a->>'k', a#>'{b;c}', 1..2, .5, 1e-3, a ? 'b', x::int[]",
          "COPY t TO stdout",
          "COPY t FROM '/tmp/from stdin;'");

  private static List<String> split(String text) {
    return Script.split(text).stream().map(Statement::text).toList();
  }

  @Test
  void semicolon_endsAStatement() {
    assertThat(split("SELECT 1; SELECT 2;\nSELECT 3"))
        .containsExactly("SELECT 1", "SELECT 2", "SELECT 3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ";", " ;;\n; ", "-- nothing\n", "/* ; */", "\uFEFF"})
  void textWithoutAStatement_holdsNone(String text) {
    assertThat(split(text)).isEmpty();
  }

  @Test
  void semicolonInsideSomething_endsNothing() {
    for (String statement : AWKWARD) {
      assertThat(split(statement + ";\n" + statement)).containsExactly(statement, statement);
    }
  }

  @Test
  void anyRowOfStatements_isSplitWhereTheyEnd() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int run = 0; run < 300; run++) {
      List<String> statements = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(8); i >= 0; i--) {
        String statement = AWKWARD.get(random.nextInt(AWKWARD.size()));
        statements.add(statement);
        text.append(List.of("", " ", "-- it's; /*\n", "/* $$; */").get(random.nextInt(4)));
        text.append(statement).append(List.of(";", " ; ", ";;\r\n").get(random.nextInt(3)));
      }

      assertThat(split(text.toString())).as("seed %d, %s", seed, text).isEqualTo(statements);
    }
  }

  @Test
  void anyText_isSplitOrRefusedWithAPlace() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> pieces =
        List.of(
            "'",
            "\"",
            "$$",
            "$a$",
            "--",
            "/*",
            "*/",
            "(",
            ")",
            ";",
            "\n",
            "\\",
            "E'",
            "U&\"",
            "begin",
            "end",
            "create function",
            "copy",
            "from stdin",
            "$1",
            "1.",
            "ä",
            "\0",
            ":x");
    for (int run = 0; run < 3_000; run++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        text.append(pieces.get(random.nextInt(pieces.size())))
            .append(random.nextBoolean() ? " " : "");
      }
      try {
        for (Statement statement : Script.split(text.toString())) {
          assertThat(text).as("seed %d", seed).contains(statement.text());
        }
      } catch (SqlSyntaxException e) {
        assertThat(e.line()).as("seed %d, %s", seed, text).isPositive();
        assertThat(e.column()).as("seed %d, %s", seed, text).isPositive();
      }
    }
  }

  @Test
  void statement_knowsItsPlaceWithoutTheCommentsBeforeIt() {
    List<Statement> statements =
        Script.split("-- first\nSELECT 1;\r\n\r\n  /* second\n */ SELECT\n2; SELECT 3");

    assertThat(statements)
        .extracting(Statement::text, Statement::line, Statement::column)
        .containsExactly(
            tuple("SELECT 1", 2, 1), tuple("SELECT\n2", 5, 5), tuple("SELECT 3", 6, 4));
  }

  @Test
  void byteOrderMark_isNotPartOfTheText() {
    List<Statement> statements = Script.split("\uFEFFSELECT 1;\nSELECT 2");

    assertThat(statements)
        .extracting(Statement::text, Statement::line, Statement::column)
        .containsExactly(tuple("SELECT 1", 1, 1), tuple("SELECT 2", 2, 1));
  }

  @Test
  void lineEndings_areAllTheSame() {
    assertThat(split("SELECT 1; -- one\r\nSELECT 2;\r\n")).containsExactly("SELECT 1", "SELECT 2");
  }

  /** The server ends a comment there, so what follows would be run. */
  @Test
  void carriageReturnAlone_endsAComment() {
    assertThat(split("SELECT 1 -- x\r; DROP TABLE t")).containsExactly("SELECT 1", "DROP TABLE t");
  }

  @Test
  void digest_changesWithOneByteAndNotWithAComment() {
    String digest = Script.split("SELECT 1").get(0).digest();

    assertThat(Script.split("-- a comment\nSELECT 1;").get(0).digest()).isEqualTo(digest);
    assertThat(Script.split("SELECT 2").get(0).digest()).isNotEqualTo(digest);
    assertThat(Script.split("SELECT  1").get(0).digest()).isNotEqualTo(digest);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\\i other.sql        | 3:1 meta-command psql meta-commands do nothing here: put the statements of that file in the place of \\i",
        "\\set x 5            | 3:1 meta-command psql meta-commands do nothing here: write the value where it is used, and remove \\set",
        "SELECT 1 \\gexec     | 3:10 meta-command psql meta-commands do nothing here: write the statements that it would run in the place of \\gexec",
        "SELECT 'a            | 3:8 unterminated this string does not end: close it",
        "SELECT E'a\\'        | 3:9 unterminated this string does not end: close it",
        "SELECT \"a           | 3:8 unterminated this quoted name does not end: close it",
        "SELECT U&\"a         | 3:10 unterminated this quoted name does not end: close it",
        "SELECT $q$ a $$      | 3:8 unterminated this dollar quote $q$ does not end: close it",
        "SELECT /* a /* b */  | 3:8 unterminated this comment does not end: close it",
        "SELECT (1; SELECT 2; | 3:8 unterminated a parenthesis of this statement is not closed",
        "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; | 3:27 unterminated the body of this function"
            + " does not end: write END after its last semicolon",
        "COPY t (a) FROM stdin; | 3:1 copy-from-stdin COPY … FROM stdin carries data in the"
            + " script: write INSERT statements instead",
        "COPY t FROM STDIN CSV | 3:1 copy-from-stdin COPY … FROM stdin carries data in the"
            + " script: write INSERT statements instead",
        "SELECT 1 \\; SELECT 2 | 3:10 meta-command psql meta-commands do nothing here: write ; in the"
            + " place of \\;",
        "\\timing            | 3:1 meta-command psql meta-commands do nothing here: remove \\timing",
        "SELECT :name        | 3:8 psql-variable psql would put the value of its variable name here,"
            + " and a section has none: write the value itself; where the colon is one of SQL, write"
            + " a blank after it",
        "SELECT 1)           | 3:9 sql-syntax this ) closes nothing: remove it, or open it",
        "SELECT a[1          | 3:9 unterminated a bracket of this statement is not closed",
        "SELECT 1and 2       | 3:8 sql-syntax 1and begins as a number and goes on as a name: write a"
            + " blank between them",
        "SELECT $            | 3:8 sql-syntax this $ begins neither a parameter nor a dollar quote:"
            + " remove it",
        "SELECT {{ a }}      | 3:8 sql-syntax { is no sign of SQL: write what the template would put"
            + " there",
        "SELECT \"\"           | 3:8 empty-name a name without characters stands here: write it",
        "SELECT U&'a' UESCAPE 'f' | 3:22 unicode-escape UESCAPE takes one character in quotes: not a"
            + " hexadecimal digit, a plus, a quote or a blank",
        "SELECT a\u00A0     | 3:8 odd-character U+00A0 (NO-BREAK SPACE) is not seen, and the server"
            + " takes it for a part of a name: write a blank, or put the name in double quotes",
        "SELECT 5 \u20133   | 3:10 odd-character U+2013 (EN DASH) looks like a sign of SQL, and the"
            + " server takes it for a part of a name: write the ASCII character, or put the name in"
            + " double quotes",
        "SELECT\u000B1      | 3:7 odd-character U+000B is not seen, and not every version of the"
            + " server takes it for a blank: write a blank",
        "SELECT '\u202E'    | 3:9 text-direction U+202E turns the direction of the text, so that it"
            + " reads otherwise than it runs: remove it; in a string write U&'\\202E'",
        "SELECT '\uD83E'    | 3:9 not-unicode U+D83E is half of a character and cannot be sent: write"
            + " the whole one",
        "SET standard_conforming_strings = off | 3:1 string-setting standard_conforming_strings stays"
            + " on, because the statements that follow are read with it: remove this, and write E'…'"
            + " where a backslash escapes",
        "SET NAMES 'latin1'  | 3:1 encoding-setting client_encoding stays UTF8, because the statements"
            + " that follow are sent in it: remove this, and save the file as UTF-8",
        "CREATE INDEX U&\"d\\006\" ON t (a) | 3:14 unicode-escape the name U&\"d\\006\" cannot be"
            + " read: an escape of it is neither \\ with 4 hexadecimal digits nor \\+ with 6",
      })
  void whatASectionMayNotHold_isRefusedAtItsPlace(String text, String expected) {
    assertThatThrownBy(() -> Script.split("SELECT 1;\n-- here\n" + text))
        .isInstanceOfSatisfying(
            SqlSyntaxException.class,
            e ->
                assertThat(e.line() + ":" + e.column() + " " + e.code() + " " + e.text())
                    .isEqualTo(expected));
  }

  @ParameterizedTest
  @CsvSource({"a, 63, true", "a, 64, false", "ä, 31, true", "ä, 32, false"})
  void name_hasAtMost63Bytes(String letter, int times, boolean fits) {
    String name = letter.repeat(times);

    for (String written : List.of(name, "\"" + name + "\"")) {
      if (fits) {
        assertThat(split("SELECT " + written)).hasSize(1);
      } else {
        assertThatThrownBy(() -> split("SELECT " + written))
            .isInstanceOf(SqlSyntaxException.class)
            .hasMessage(
                "the name \""
                    + (times > 40 ? letter.repeat(40) + "…" : name)
                    + "\" has 64 bytes, and the server would cut it after 63: shorten it");
      }
    }
  }

  @Test
  void nameAsTheServerFoldsIt_isReadFromItsQuotes() {
    List<Token> tokens =
        Script.split("SELECT Abc, \"Abc\", U&\"Abc\", \"say \"\"hi\"\"\"").get(0).tokens();

    assertThat(tokens.stream().filter(Token::isName).map(Token::name))
        .containsExactly("select", "abc", "Abc", "Abc", "say \"hi\"");
  }

  @Test
  void nulCharacter_isRefusedInACommentToo() {
    assertThatThrownBy(() -> split("-- \0"))
        .isInstanceOf(SqlSyntaxException.class)
        .hasMessage("U+0000 stands here, and the server takes no text with it: remove it");
  }

  /** The server folds and compares letters of ASCII only. */
  @Test
  void letterBeyondAscii_isNotFoldedAndMakesNoKeyword() {
    List<Token> tokens = Script.split("ſELECT ÄB, K, \u212A, SeLECT").get(0).tokens();

    assertThat(tokens.stream().filter(Token::isName).map(Token::name))
        .containsExactly("ſelect", "Äb", "k", "\u212A", "select");
    assertThat(tokens.get(0).is("select")).isFalse();
    assertThat(tokens.get(5).is("k")).isFalse();
    assertThat(tokens.get(7).is("select")).isTrue();
  }

  @Test
  void nameWithEscapes_isOneTokenWithItsEscapeCharacter() {
    List<Token> tokens =
        Script.split("SELECT 1 U&\"d!0061t!+01F991!!\"\" \" /* \" */ UESCAPE '!', 2")
            .get(0)
            .tokens();

    assertThat(tokens)
        .extracting(Token::text)
        .containsExactly("SELECT", "1", "dat🦑!\" ", ",", "2");
    assertThat(tokens.get(2).kind()).isEqualTo(Token.Kind.QUOTED_NAME);
  }

  /** What psql would do with it is no matter: we read it. */
  @Test
  void parameterOfAQuery_isNoVariableOfPsql() {
    assertThat(Script.splitQuery("SELECT :user; SELECT :'a'"))
        .extracting(Statement::text)
        .containsExactly("SELECT :user", "SELECT :'a'");
  }

  @Test
  void scriptOfTwoMegabytes_isSplit() {
    String statement = "INSERT INTO t VALUES ('a;b', $$c;d$$, \"e\"); -- it's\n";
    int count = 2_000_000 / statement.length();

    assertThat(Script.split(statement.repeat(count))).hasSize(count);
  }

  @Test
  void oneStatementOfTwoMegabytes_isSplit() {
    String text = "INSERT INTO t VALUES " + "('x'), ".repeat(300_000) + "('x');";

    assertThat(Script.split(text)).hasSize(1);
  }
}
