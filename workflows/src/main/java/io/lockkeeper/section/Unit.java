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

  /**
   * Locks that it takes, each relation once with the strongest; also on relations that it makes
   * itself.
   */
  public List<LockUse> locks() {
    return Meaning.strongest(
        statements.stream().flatMap(part -> part.meaning().locks().stream()).toList());
  }

  /** What it costs: the dearest of its statements. */
  public Effect effect() {
    return statements.stream()
        .map(part -> part.meaning().effect())
        .reduce(Effect.CATALOG, Effect::and);
  }

  public boolean losesData() {
    return statements.stream().anyMatch(part -> part.meaning().losesData());
  }

  /** What becomes of it when it is cut off. */
  public UnitKind kind() {
    List<UnitKind> kinds =
        statements.stream().map(part -> part.meaning().kind()).distinct().toList();
    return kinds.size() == 1 ? kinds.get(0) : UnitKind.MIXED;
  }

  /** Whether there is nothing to take back: it only maintains. */
  public boolean maintainsOnly() {
    return statements.stream().allMatch(part -> part.meaning() instanceof Meaning.Maintain);
  }

  /**
   * A script's statements, whatever unit they are of.
   *
   * @throws SqlSyntaxException where a section may not hold the text
   */
  public static List<Part> parts(String text) {
    return read(text).stream().flatMap(unit -> unit.statements().stream()).toList();
  }

  /**
   * Groups a script's statements: neighbours that may share a transaction do; what needs a unit of
   * its own stands alone.
   *
   * @throws SqlSyntaxException where a section may not hold the text
   */
  public static List<Unit> read(String text) {
    List<Unit> units = new ArrayList<>();
    List<Part> together = new ArrayList<>();
    for (Statement statement : Script.split(text)) {
      Part part = new Part(statement, StatementReader.read(statement));
      if (!part.meaning().alone()) {
        together.add(part);
        continue;
      }
      closeTransaction(units, together);
      units.add(new Unit(units.size() + 1, part.meaning().transactional(), List.of(part)));
    }
    closeTransaction(units, together);
    refuseLostSettings(units);
    return List.copyOf(units);
  }

  /** A later attempt goes on with a later unit, in a session that never saw the setting. */
  private static void refuseLostSettings(List<Unit> units) {
    for (Unit unit : units.size() > 1 ? units : List.<Unit>of()) {
      for (Part part : unit.statements()) {
        if (part.meaning() instanceof RowChange.Setting setting && !setting.local()) {
          throw new SqlSyntaxException(
              "session-setting",
              part.statement().line(),
              part.statement().column(),
              "\""
                  + setting.title()
                  + "\" holds for the session, and the section has several units: an attempt that"
                  + " goes on with the second one would not have it. Write SET LOCAL, qualify the"
                  + " names, or put it into settings of change.yaml");
        }
      }
    }
  }

  private static void closeTransaction(List<Unit> units, List<Part> together) {
    if (!together.isEmpty()) {
      units.add(new Unit(units.size() + 1, true, together));
      together.clear();
    }
  }
}
