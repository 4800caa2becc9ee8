package io.lockkeeper.activities.postgres;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a change says a rollback leaves behind, held against two fingerprints. A column brings along
 * its default and NOT NULL, the constraints over it alone with their indexes, and the sequences
 * that it owns; an object that was not there before brings along all that is its own. Nothing else.
 */
public final class Residue {
  private static final Set<String> OBJECTS =
      Set.of("relation", "index", "view", "sequence", "type", "statistics", "collation", "routine");

  private static final Set<String> PARTS =
      Set.of("column", "constraint", "trigger", "policy", "rule");

  private static final Pattern STRING = Pattern.compile("'(?:[^']|'')*'");
  private static final Pattern WORD = Pattern.compile("\"((?:[^\"]|\"\")+)\"|([A-Za-z_][\\w$]*)");

  /** What of a constraint's line is not about its own columns. */
  private static final Pattern TAIL =
      Pattern.compile("(?s)( REFERENCES .*| validated (true|false) comment .*)$");

  private static final Pattern ON = Pattern.compile(" ON (?:ONLY )?(\\S+) USING ");
  private static final Pattern OWNED = Pattern.compile(" owned (\\S+)$");

  private final List<String> declared;

  /**
   * @param declared {@code table.column}, {@code schema.table.column}, or objects by name; without
   *     a schema in {@code public}
   */
  public Residue(List<String> declared) {
    this.declared = List.copyOf(declared);
  }

  /**
   * What differs, for people, told apart.
   *
   * @param names those of the declared that were found
   * @param declared differences that they explain
   * @param undeclared all others
   */
  public record Found(List<String> names, List<String> declared, List<String> undeclared) {}

  public Found of(Fingerprint before, Fingerprint now) {
    List<String> differences = now.allDifferences(before);
    if (declared.isEmpty() || differences.isEmpty()) {
      return new Found(List.of(), List.of(), differences);
    }
    Schema schema = new Schema(Line.of(before), Line.of(now));
    Set<String> names = new LinkedHashSet<>();
    List<String> explained = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (String difference : differences) {
      Line line = Line.of(difference.substring(2));
      boolean there = difference.startsWith("+") || schema.stillHas(line);
      List<String> by =
          declared.stream().filter(name -> there && schema.explains(name, line)).toList();
      names.addAll(by);
      (by.isEmpty() ? others : explained).add(difference);
    }
    return new Found(List.copyOf(names), explained, others);
  }

  /** Both fingerprints, line by line. */
  private record Schema(List<Line> before, List<Line> now) {

    /** What is gone was not left behind; what is there in another form was. */
    boolean stillHas(Line line) {
      return now.stream().anyMatch(l -> l.kind().equals(line.kind()) && l.names(line.name()));
    }

    boolean explains(String name, Line line) {
      List<String> parts = List.of(name.split("\\."));
      return switch (parts.size()) {
        case 1 -> ofObject(List.of("public", name), line);
        case 2 ->
            ofPart(List.of("public", parts.get(0), parts.get(1)), line) || ofObject(parts, line);
        default -> ofPart(parts, line);
      };
    }

    /** The object itself; all that is its own too, where it was not there before. */
    private boolean ofObject(List<String> object, Line line) {
      if (OBJECTS.contains(line.kind()) && line.names(object)) {
        return true;
      }
      boolean fresh = before.stream().noneMatch(l -> OBJECTS.contains(l.kind()) && l.names(object));
      return fresh
          && (line.within(object)
              || line.indexes(object)
              || line.owner().filter(o -> o.subList(0, 2).equals(object)).isPresent()
              || isSequenceOf(line, o -> o.subList(0, 2).equals(object)));
    }

    /** A column, constraint, trigger, policy or rule of a table. */
    private boolean ofPart(List<String> part, Line line) {
      if (PARTS.contains(line.kind()) && line.names(part)) {
        return true;
      }
      List<String> table = part.subList(0, 2);
      Set<String> columns = columns(table);
      String column = part.get(2);
      return columns.contains(column)
          && (line.constrains(table, columns, column)
              || line.owner().filter(part::equals).isPresent()
              || isSequenceOf(line, part::equals)
              || backs(line, table, columns, column));
    }

    /** A sequence's relation does not tell who owns it; its own line does. */
    private boolean isSequenceOf(Line line, Predicate<List<String>> owner) {
      return line.kind().equals("relation")
          && all().anyMatch(l -> l.names(line.name()) && l.owner().filter(owner).isPresent());
    }

    /** The index of a constraint over the column alone has the constraint's name. */
    private boolean backs(Line line, List<String> table, Set<String> columns, String column) {
      return line.indexes(table)
          && all()
              .filter(l -> l.constrains(table, columns, column))
              .anyMatch(l -> l.name().get(2).equals(line.name().get(1)));
    }

    private Set<String> columns(List<String> table) {
      return all()
          .filter(l -> l.kind().equals("column") && l.within(table))
          .map(l -> l.name().get(2))
          .collect(Collectors.toSet());
    }

    private Stream<Line> all() {
      return Stream.concat(before.stream(), now.stream());
    }
  }

  /**
   * A line of a fingerprint.
   *
   * @param kind its first word
   * @param name the parts of the name after it, without quotes
   */
  private record Line(String kind, List<String> name, String rest) {

    static List<Line> of(Fingerprint fingerprint) {
      return fingerprint.lines().stream().map(Line::of).toList();
    }

    static Line of(String line) {
      int blank = line.indexOf(' ');
      if (blank < 0) {
        return new Line(line, List.of(), "");
      }
      List<String> name = new ArrayList<>();
      int end = name(line, blank + 1, name);
      return new Line(line.substring(0, blank), name, line.substring(end));
    }

    /**
     * @return where the name ends
     */
    private static int name(String line, int from, List<String> parts) {
      Matcher word = WORD.matcher(line);
      int at = from;
      while (word.find(at) && word.start() == at) {
        parts.add(word.group(1) == null ? word.group(2) : word.group(1).replace("\"\"", "\""));
        at = word.end();
        if (at >= line.length() || line.charAt(at) != '.') {
          return at;
        }
        at++;
      }
      return at;
    }

    boolean names(List<String> parts) {
      return name.equals(parts);
    }

    /** Whether it is a part of the object. */
    boolean within(List<String> object) {
      return PARTS.contains(kind) && name.size() == 3 && name.subList(0, 2).equals(object);
    }

    /** Whether it is an index of the table. */
    boolean indexes(List<String> table) {
      return kind.equals("index") && found(ON).equals(table);
    }

    /** The column that owns a sequence. */
    Optional<List<String>> owner() {
      return Optional.of(kind.equals("sequence") ? found(OWNED) : List.<String>of())
          .filter(parts -> parts.size() == 3);
    }

    private List<String> found(Pattern place) {
      Matcher there = place.matcher(rest);
      List<String> parts = new ArrayList<>();
      if (there.find()) {
        name(there.group(1), 0, parts);
      }
      return parts;
    }

    /** Whether it is a constraint of the table over this column and no other one. */
    boolean constrains(List<String> table, Set<String> columns, String column) {
      if (!kind.equals("constraint") || !within(table)) {
        return false;
      }
      String own = STRING.matcher(TAIL.matcher(rest).replaceFirst("")).replaceAll("''");
      Set<String> named = new HashSet<>();
      Matcher word = WORD.matcher(own);
      while (word.find()) {
        named.add(word.group(1) == null ? word.group(2) : word.group(1).replace("\"\"", "\""));
      }
      named.retainAll(columns);
      return named.equals(Set.of(column));
    }
  }
}
