package io.lockkeeper.activities.wayback;

import io.lockkeeper.section.Unit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A schema, a change of it, and how much of the change is applied before it is taken back.
 *
 * @param schema statements that make it, in order
 * @param sections of the change, in order
 * @param leaves what the change says a rollback leaves behind
 * @param applied how many of its units are applied: from the first of the kind that was asked for
 *     on
 */
record Scenario(
    long seed, List<String> schema, List<Part> sections, List<String> leaves, int applied) {

  private static final List<Kind> USUAL =
      Stream.of(Kind.values()).filter(kind -> kind != Kind.TYPE_VALUE).toList();

  /**
   * A section.
   *
   * @param kinds of its statements, in their order
   * @param forwardOnly whether it has no way back, which its author says
   */
  record Part(
      String name,
      List<String> statements,
      List<Kind> kinds,
      boolean losesData,
      boolean forwardOnly) {
    List<Unit> units() {
      return Unit.read(String.join(";\n", statements) + ";\n");
    }
  }

  /**
   * The one of that seed.
   *
   * @param kind of one of its statements at least
   */
  static Scenario of(long seed, Kind kind, String database) {
    Dice dice = new Dice(seed);
    World world = new World(dice, database);
    List<String> schema = new SchemaDraft(world).draft();
    ChangeDraft change = new ChangeDraft(world);
    int count = 1 + dice.below(3);
    int special = dice.below(count);
    List<Part> sections = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      sections.add(
          section(
              change,
              dice,
              String.format("%d0_part", n + 1),
              n == special ? kind : dice.of(USUAL)));
    }
    int units = units(sections);
    int least = units(sections.subList(0, special)) + 1;
    int applied = dice.once(3) ? units : least + dice.below(units - least + 1);
    return new Scenario(seed, schema, sections, change.leaves(), applied);
  }

  private static int units(List<Part> sections) {
    return sections.stream().mapToInt(section -> section.units().size()).sum();
  }

  /** What cannot be taken back stands alone. */
  private static Part section(ChangeDraft change, Dice dice, String name, Kind first) {
    boolean forwardOnly = first == Kind.TYPE_VALUE;
    boolean losesData = dice.once(2);
    change.section(losesData);
    List<Kind> kinds = new ArrayList<>(List.of(first));
    for (int more = forwardOnly ? 0 : dice.below(4); more > 0; more--) {
      kinds.add(dice.of(USUAL));
    }
    List<String> statements = kinds.stream().map(change::draft).toList();
    return new Part(name, statements, kinds, losesData, forwardOnly);
  }

  /** Its sections as far as they are applied, with the units of each. */
  Map<Part, List<Unit>> prefix() {
    Map<Part, List<Unit>> prefix = new LinkedHashMap<>();
    int left = applied;
    for (Part section : sections) {
      List<Unit> units = section.units();
      if (left > 0) {
        prefix.put(section, units.subList(0, Math.min(left, units.size())));
      }
      left -= units.size();
    }
    return prefix;
  }

  /** How many statements of each kind are applied. */
  Map<Kind, Integer> kinds() {
    Map<Kind, Integer> kinds = new EnumMap<>(Kind.class);
    prefix()
        .forEach(
            (section, units) -> {
              int statements = units.stream().mapToInt(unit -> unit.statements().size()).sum();
              section
                  .kinds()
                  .subList(0, statements)
                  .forEach(kind -> kinds.merge(kind, 1, Integer::sum));
            });
    return kinds;
  }

  /** All that is needed to see it again. */
  String text() {
    StringBuilder text = new StringBuilder("-- seed ").append(seed).append("\n-- the schema\n");
    schema.forEach(statement -> text.append(statement).append(";\n"));
    sections.forEach(
        section -> {
          text.append("-- section ").append(section.name());
          text.append(section.losesData() ? ", may lose data" : "").append('\n');
          section.statements().forEach(statement -> text.append(statement).append(";\n"));
        });
    return text.append("-- applied are the first ").append(applied).append(" units").toString();
  }
}
