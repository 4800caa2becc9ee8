package io.lockkeeper.section;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;

/** Texts of any length, among them those in which a careless reader looks again and again. */
final class LongScripts {
  private static final String[] STATEMENTS = {
    "INSERT INTO app.positions (id, ticker, note) VALUES (%d, 'a;b', 'it''s');\n",
    "UPDATE app.positions SET price = price * 1.05 /* ; */ WHERE id = %d AND data ->> 'k' = E'\\'';\n",
    "CREATE INDEX CONCURRENTLY idx_%d ON app.positions USING btree (sector, price) WHERE active;\n",
    "-- and; now\nCREATE FUNCTION f%d() RETURNS int LANGUAGE sql AS $f$ SELECT 1; SELECT 2 $f$;\n",
    "CREATE FUNCTION g%d() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END FROM b; END;\n",
    "ALTER TABLE app.\"Positions\" ADD CONSTRAINT c%d CHECK (price >= 0 AND quantity <> 0) NOT VALID;\n",
  };

  private LongScripts() {}

  /** Statements of the usual kinds, about 100 characters each. */
  static String usual(int statements) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < statements; i++) {
      String statement = STATEMENTS[i % STATEMENTS.length].replace("%d", String.valueOf(i));
      text.append(statement, 0, statement.length() - 1)
          .append(" -- ")
          .append("x".repeat(Math.max(0, 96 - statement.length())))
          .append('\n');
    }
    return text.toString();
  }

  /** Name to the text of about that many characters. */
  static Map<String, IntFunction<String>> traps() {
    Map<String, IntFunction<String>> traps = new LinkedHashMap<>();
    traps.put("statements", n -> usual(n / 100));
    traps.put("statements in one line", n -> "SELECT 1;".repeat(n / 9));
    traps.put("one statement", n -> "INSERT INTO t VALUES (1)" + ", ('x')".repeat(n / 7));
    traps.put("parentheses", n -> "SELECT " + "(".repeat(n / 2) + ")".repeat(n / 2));
    traps.put("open parentheses", n -> "SELECT " + "(".repeat(n));
    traps.put("brackets", n -> "SELECT a" + "[(".repeat(n / 4) + ")]".repeat(n / 4));
    traps.put("comments", n -> "/*".repeat(n / 4) + "*/".repeat(n / 4) + "SELECT 1");
    traps.put("open comments", n -> "SELECT 1 " + "/*".repeat(n / 2));
    traps.put("lines of comment", n -> "--\n".repeat(n / 3));
    traps.put("string", n -> "SELECT '" + "x".repeat(n) + "'");
    traps.put("open string", n -> "SELECT '" + "''".repeat(n / 2));
    traps.put("strings", n -> "SELECT " + "'a' , ".repeat(n / 6) + "1");
    traps.put("continued string", n -> "SELECT E" + "'\\''\n".repeat(n / 5));
    traps.put("nearly continued strings", n -> "SELECT 1" + ", 'a' -- '\n -".repeat(n / 13) + "1");
    traps.put("escapes", n -> "SELECT E'" + "\\'".repeat(n / 2) + "'");
    traps.put("dollar signs", n -> "SELECT " + "$".repeat(n / 4 * 4));
    traps.put("tags", n -> "SELECT $a" + "$b$c".repeat(n / 4));
    traps.put("tags of many letters", LongScripts::tags);
    traps.put("open tag", n -> "SELECT $" + "a".repeat(n));
    traps.put("names with dollar signs", n -> "SELECT " + "a$a$a, ".repeat(n / 7) + "1");
    traps.put("Unicode names", n -> "SELECT " + "U&\"\\0061\" /* */ , ".repeat(n / 18) + "1");
    traps.put("Unicode strings", n -> "SELECT " + "U&'a'\n--\n, ".repeat(n / 11) + "1");
    traps.put("long Unicode string", n -> "SELECT U&'" + "\\0061".repeat(n / 5) + "' UESCAPE '!'");
    traps.put("quoted names", n -> "SELECT " + "\"a\"\"b\", ".repeat(n / 8) + "1");
    traps.put("long name", n -> "SELECT " + "a".repeat(n));
    traps.put("long quoted name", n -> "SELECT \"" + "a\"\"".repeat(n / 3) + "\"");
    traps.put("number", n -> "SELECT 1" + "_1".repeat(n / 2));
    traps.put("operators", n -> "SELECT 1 " + "+-+/".repeat(n / 4) + "1");
    traps.put("minus signs", n -> "SELECT " + "- ".repeat(n / 2) + "1");
    traps.put("colons", n -> "SELECT a" + "::int:1:='a'".repeat(n / 12));
    traps.put("bodies", LongScripts::bodies);
    traps.put("open bodies", n -> "CREATE FUNCTION BEGIN ATOMIC ".repeat(n / 29));
    traps.put("names of settings", n -> "SELECT " + "names, client_encoding, ".repeat(n / 24));
    traps.put("copies", n -> "COPY t FROM '/a' WHERE b IS DISTINCT FROM stdin;".repeat(n / 48));
    traps.put("emoji", n -> "SELECT \"a\" AS " + "\uD83E\uDD91, b ".repeat(n / 6));
    return traps;
  }

  /** Each begins as the closing tag does. */
  private static String tags(int n) {
    String begins = "$" + "a".repeat((int) Math.sqrt(n));
    return "SELECT " + begins + "$" + begins.repeat(n / begins.length()) + begins + "$";
  }

  private static String bodies(int n) {
    int depth = n / 34;
    return "CREATE FUNCTION BEGIN ATOMIC ".repeat(depth) + "END; ".repeat(depth);
  }
}
