package io.lockkeeper.section;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Statements that a section may not hold: they commit by themselves, or act on other databases. */
final class Refusals {
  private static final Set<String> TRANSACTION_CONTROL =
      Set.of("begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release");

  /**
   * @param words that it begins with
   * @param why it cannot be, and what to do
   */
  private record Refused(List<String> words, String why) {
    /** House rules name these two. */
    String code() {
      String words = String.join("-", words());
      return words.equals("alter-system") || words.equals("drop-database")
          ? words
          : "not-in-a-section";
    }
  }

  private static final String ELSEWHERE =
      "acts on the whole server, cannot run in a transaction, and its end cannot be told after a"
          + " crash: do it by hand before the promotion";

  private static final List<Refused> REFUSED =
      List.of(
          new Refused(List.of("alter", "system"), ELSEWHERE),
          new Refused(List.of("create", "database"), ELSEWHERE),
          new Refused(List.of("drop", "database"), ELSEWHERE),
          new Refused(List.of("create", "tablespace"), ELSEWHERE),
          new Refused(List.of("drop", "tablespace"), ELSEWHERE),
          new Refused(List.of("create", "subscription"), ELSEWHERE),
          new Refused(List.of("drop", "subscription"), ELSEWHERE),
          new Refused(
              List.of("prepare", "transaction"),
              "leaves a transaction open that holds its locks for as long as nobody ends it: leave"
                  + " it out, a section's statements commit together by themselves"),
          new Refused(
              List.of("call"),
              "may commit in the middle, and then a crash leaves a half: write a function and"
                  + " SELECT it, or the statements themselves"),
          new Refused(
              List.of("discard"), "ends the lock that keeps others off the target: leave it out"));

  private static final Set<String> BEGINNINGS =
      REFUSED.stream().map(refused -> refused.words().get(0)).collect(Collectors.toSet());

  private Refusals() {}

  /**
   * @throws SqlSyntaxException where a section may not hold the statement
   */
  static void check(Statement statement) {
    Token first = statement.tokens().get(0);
    String word = first.text().toLowerCase(Locale.ROOT);
    if (first.kind() == Token.Kind.WORD && TRANSACTION_CONTROL.contains(word)) {
      throw at(
          statement,
          "transaction-control",
          word.toUpperCase(Locale.ROOT)
              + " does not stand in a section: its statements commit together by themselves");
    }
    for (Refused refused : BEGINNINGS.contains(word) ? REFUSED : List.<Refused>of()) {
      if (new TokenReader(statement.tokens()).skip(refused.words().toArray(String[]::new))) {
        throw at(
            statement,
            refused.code(),
            String.join(" ", refused.words()).toUpperCase(Locale.ROOT) + " " + refused.why());
      }
    }
    if (first.is("cluster") && statement.tokens().size() == 1) {
      throw at(
          statement,
          "not-in-a-section",
          "CLUSTER without a table writes every clustered table anew: name the table");
    }
  }

  private static SqlSyntaxException at(Statement statement, String code, String message) {
    return new SqlSyntaxException(code, statement.line(), statement.column(), message);
  }
}
