package io.lockkeeper.activities.section;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.RawSession;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.section.ServersWord.Count;
import io.lockkeeper.section.Script;
import io.lockkeeper.section.SqlSyntaxException;
import io.lockkeeper.section.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Thousands of scripts made by chance, the same in every run, each held against the server. */
class ScriptFuzzTest {
  private static final long SEED = 20261121;
  private static final int SCRIPTS = 3_000;

  /**
   * What we refuse though the server would take it; all other refusals must be the server's too.
   */
  private static final Set<String> STRICTER =
      Set.of(
          "odd-character",
          "name-too-long",
          "psql-variable",
          "copy-from-stdin",
          "string-setting",
          "encoding-setting",
          "text-direction");

  private static final List<String> VALUES =
      List.of(
          "1",
          "'a;b'",
          "'it''s'",
          "E'\\';'",
          "E'a'\n'\\';'",
          "'a'\n'b\\'",
          "B'01'",
          "X'f;'",
          "N'a'",
          "U&'d!0061;' UESCAPE '!'",
          "U&'\\0061'",
          "$$;'$$",
          "$a$;$$;$a$",
          "$ä$ $a$ ; $ä$",
          "$1",
          "a$b$",
          "\"a;b\"",
          "U&\"\\0061;\"",
          "(1)",
          "(SELECT ';')",
          "ARRAY[1, 2]",
          "a[1:2]",
          "a[b:c]",
          "CASE WHEN a THEN ';' END",
          "1.5e-3",
          ".5",
          "x::text",
          "größe",
          "f(a := 1)",
          "- -1",
          "1 +/* ; */ 2",
          "1 --;\n + 2",
          "/* /* ; */ ' */ 3",
          "5 */**/ 6");

  private static final List<String> STATEMENTS =
      List.of(
          "SELECT %",
          "SELECT %, %",
          "SELECT % AS a FROM t WHERE % = %",
          "INSERT INTO t VALUES (%, %)",
          "UPDATE t SET a = % WHERE b = %",
          "CREATE TABLE t (a int DEFAULT %, CHECK (a > %))",
          "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT %; DELETE FROM a)",
          "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT %; SELECT %; END",
          "CREATE OR REPLACE PROCEDURE p(begin int) BEGIN ATOMIC SELECT % AS end; ; END",
          "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $f$ SELECT %; $f$",
          "CREATE FUNCTION f() RETURNS int RETURN %",
          "CREATE SCHEMA s CREATE TABLE t (a int DEFAULT %)",
          "CREATE INDEX i ON t (a) WHERE b = %",
          "ALTER TABLE t ADD COLUMN c text DEFAULT %",
          "COMMENT ON TABLE t IS 'a;'",
          "COPY t TO '/tmp/;'",
          "DO $$ BEGIN; END $$");

  private static final List<String> BETWEEN =
      List.of(
          ";", " ; ", ";;", ";\n", ";\r\n", "; -- it's;\n", "/* ; */;", ";--\r", ";\f", " -- ;\n;");

  private static final List<String> PIECES =
      List.of(
          "'",
          "\"",
          "$$",
          "$a$",
          "$",
          "--",
          "/*",
          "*/",
          "(",
          ")",
          "[",
          "]",
          ";",
          "\n",
          "\r",
          "\\",
          "E'",
          "e'",
          "B'",
          "U&'",
          "U&\"",
          "UESCAPE '!'",
          " ",
          "\t",
          "begin",
          "atomic",
          "end",
          "case",
          "create function f()",
          "create or replace procedure p()",
          "copy t from stdin",
          "$1",
          "1",
          "1.",
          "0x1",
          "1_0",
          "e",
          "ä",
          "a$",
          "\u00A0",
          "\u000B",
          ":x",
          "::",
          ":=",
          "{",
          "+",
          "-",
          "/",
          "*",
          "SELECT",
          "SELECT 1",
          ",",
          ".",
          "''",
          "\\'",
          "x");

  private final Random random = new Random(SEED);

  @Test
  void scriptsMadeByChance_areSplitAsTheServerDoes_orRefusedAsItDoes() {
    List<String> wrong = new ArrayList<>();
    int split = 0;
    int several = 0;
    int refused = 0;
    try (Database database = Server.fresh();
        RawSession session = database.raw()) {
      ServersWord server = new ServersWord(session);
      for (int run = 0; run < SCRIPTS; run++) {
        String text = run % 3 == 0 ? pieces() : script(run % 3 == 1);
        try {
          List<Statement> statements = Script.split(text);
          server.differences(text, statements).forEach(found -> wrong.add(text + "\n## " + found));
          split += server.count(text) == Count.REFUSED ? 0 : 1;
          several += statements.size() > 1 ? 1 : 0;
        } catch (SqlSyntaxException e) {
          refused++;
          if (!STRICTER.contains(e.code()) && server.count(text) != Count.REFUSED) {
            wrong.add(text + "\n## " + e.code() + ": " + e.text());
          }
        }
      }
    }

    assertThat(wrong).as("seed %d", SEED).isEmpty();
    assertThat(split).isGreaterThan(SCRIPTS / 4);
    assertThat(several).isGreaterThan(SCRIPTS / 4);
    assertThat(refused).isGreaterThan(SCRIPTS / 4);
  }

  private String pieces() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(14); i >= 0; i--) {
      text.append(one(PIECES)).append(random.nextBoolean() ? " " : "");
    }
    return text.toString();
  }

  /** Statements as people write them; with a piece too many, or without one, where it is broken. */
  private String script(boolean broken) {
    StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "\n-- it's;\n" : "");
    for (int i = random.nextInt(5); i >= 0; i--) {
      String statement = one(STATEMENTS);
      while (statement.contains("%")) {
        String value = one(VALUES);
        int at = statement.indexOf('%');
        statement = statement.substring(0, at) + value + statement.substring(at + 1);
      }
      text.append(statement).append(one(BETWEEN));
    }
    if (broken) {
      int at = random.nextInt(text.length());
      if (random.nextBoolean()) {
        text.insert(at, one(PIECES));
      } else {
        text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(3)));
      }
    }
    return text.toString();
  }

  private String one(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }
}
