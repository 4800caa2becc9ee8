package io.lockkeeper.lint;

import io.lockkeeper.section.Statement;
import io.lockkeeper.section.Unit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of statements as lint sees it.
 *
 * @param file in the bundle
 * @param back whether it takes a section back
 * @param text of the file
 * @param units in order
 */
public record SectionScript(String file, boolean back, String text, List<Unit> units) {
  public SectionScript {
    units = List.copyOf(units);
  }

  /** Whether a place in the text is one in the file: not for statements written into YAML. */
  boolean mendable() {
    return file.endsWith(".sql");
  }

  /** What its author accepts of a statement, in the comments before it: by where it begins. */
  Map<Integer, Accepted> accepted() {
    Map<Integer, Accepted> accepted = new HashMap<>();
    int from = 0;
    for (Unit unit : units) {
      for (Unit.Part part : unit.statements()) {
        Statement statement = part.statement();
        int begin = statement.tokens().get(0).offset();
        Accepted here = Accepted.in(text.substring(from, begin));
        if (!here.isEmpty()) {
          accepted.put(begin, here);
        }
        from = statement.tokens().get(statement.tokens().size() - 1).end();
      }
    }
    return accepted;
  }
}
