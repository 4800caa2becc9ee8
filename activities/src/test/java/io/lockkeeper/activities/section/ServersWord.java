package io.lockkeeper.activities.section;

import io.lockkeeper.activities.fixture.RawSession;
import io.lockkeeper.activities.fixture.RawSession.Refusal;
import io.lockkeeper.section.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a server says of a text, without running it: in a transaction that has failed it still
 * parses, and then refuses what would run. It tells one statement from several, not how many. So a
 * script is taken apart where we split it: each part, with all that follows it up to the next one,
 * is one statement, and is two when another one is written behind it; then what stands between them
 * ends a statement, and opens nothing. By that they are together as many as we say.
 */
final class ServersWord {
  enum Count {
    /** Or one that ends a transaction. */
    NONE,
    ONE,
    SEVERAL,
    REFUSED
  }

  /** Where the server raises the errors of its raw parser, before it knows any table. */
  private static final Set<String> PARSER = Set.of("scan.l", "gram.y", "parser.c", "mbutils.c");

  private static final String FAILED_TRANSACTION = "25P02";
  private static final String ANOTHER = " SELECT 1";

  private final RawSession session;

  ServersWord(RawSession session) {
    this.session = session;
    fail();
  }

  private void fail() {
    session.run("BEGIN");
    session.run("SELECT 1/0");
    if (session.transaction() != 'E') {
      throw new AssertionError("the transaction has not failed");
    }
  }

  Count count(String text) {
    Optional<Refusal> refusal = session.parse(text).refusal();
    if (refusal.isEmpty()) {
      return Count.NONE;
    }
    if (refusal.get().state().equals(FAILED_TRANSACTION)) {
      return Count.ONE;
    }
    if (refusal.get().message().startsWith("cannot insert multiple commands")) {
      return Count.SEVERAL;
    }
    if (PARSER.contains(refusal.get().file())) {
      return Count.REFUSED;
    }
    throw new AssertionError("the server answers with something else: " + refusal.get());
  }

  /** In what the server differs from our parts of the text; empty where it agrees. */
  List<String> differences(String script, List<Statement> parts) {
    // A byte order mark is no part of what is sent.
    String text = script.startsWith("\uFEFF") ? " " + script.substring(1) : script;
    if (count(text) == Count.REFUSED) {
      boolean refused = parts.stream().anyMatch(part -> count(part.text()) == Count.REFUSED);
      return refused ? List.of() : List.of("it refuses the text, and none of its parts");
    }
    List<String> differences = new ArrayList<>();
    String before = parts.isEmpty() ? text + "\n" : text.substring(0, start(parts.get(0)));
    if (count(before + ANOTHER) != Count.ONE) {
      differences.add("something stands before the first part");
    }
    for (int i = 0; i < parts.size(); i++) {
      int end = i + 1 < parts.size() ? start(parts.get(i + 1)) : text.length();
      String part = text.substring(start(parts.get(i)), end);
      String closed = i + 1 < parts.size() ? part : part + "\n;";
      if (count(part) == Count.REFUSED
          || count(part) == Count.SEVERAL
          || count(parts.get(i).text()) == Count.SEVERAL
          || count(closed + ANOTHER) != Count.SEVERAL) {
        differences.add("part " + (i + 1) + " is not one statement: " + part);
      }
    }
    return differences;
  }

  private static int start(Statement part) {
    return part.tokens().get(0).offset();
  }
}
