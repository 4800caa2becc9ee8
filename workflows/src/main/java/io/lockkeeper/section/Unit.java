package io.lockkeeper.section;

import io.lockkeeper.blob.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What commits together: one transaction, or one statement that cannot run in one.
 *
 * @param number place in its section, from 1
 * @param transactional whether its statements run in one transaction
 * @param statements one where it is not transactional
 */
public record Unit(int number, boolean transactional, List<Part> statements) {

  /** A statement with its meaning. */
  public record Part(Statement statement, Meaning meaning) {}

  public Unit {
    statements = List.copyOf(statements);
    if (statements.isEmpty() || (!transactional && statements.size() != 1)) {
      throw new IllegalArgumentException("a unit outside a transaction is one statement");
    }
  }

  /** SHA-256 over its statements. */
  public String digest() {
    return Sha256.hex(
        statements.stream().map(part -> part.statement().text()).collect(Collectors.joining(";")));
  }

  public String title() {
    String first = statements.get(0).meaning().title();
    return statements.size() == 1 ? first : first + " and " + (statements.size() - 1) + " more";
  }

  /** Locks that it takes, each once. */
  public List<LockUse> locks() {
    return statements.stream().flatMap(part -> part.meaning().locks().stream()).distinct().toList();
  }

  /** Whether there is nothing to take back: it only maintains. */
  public boolean maintainsOnly() {
    return statements.stream().allMatch(part -> part.meaning() instanceof Meaning.Maintain);
  }

  /**
   * Groups a script's statements: neighbours that may share a transaction do.
   *
   * @throws SqlSyntaxException where a section may not hold the text
   */
  public static List<Unit> read(String text) {
    List<Unit> units = new ArrayList<>();
    List<Part> together = new ArrayList<>();
    for (Statement statement : Script.split(text)) {
      Part part = new Part(statement, StatementReader.read(statement));
      if (part.meaning().transactional()) {
        together.add(part);
        continue;
      }
      closeTransaction(units, together);
      units.add(new Unit(units.size() + 1, false, List.of(part)));
    }
    closeTransaction(units, together);
    return List.copyOf(units);
  }

  private static void closeTransaction(List<Unit> units, List<Part> together) {
    if (!together.isEmpty()) {
      units.add(new Unit(units.size() + 1, true, together));
      together.clear();
    }
  }
}
