package io.lockkeeper.lint;

import io.lockkeeper.finding.Findings;
import io.lockkeeper.section.Script;
import io.lockkeeper.section.Unit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Looks at all statements of a change, in the order in which they are applied. */
public final class StatementLint {
  private static final List<Consumer<Place>> RULES =
      List.of(
          IndexRules::check,
          TableRules::check,
          ConstraintRules::check,
          ColumnRules::check,
          RowRules::check,
          SessionRules::check,
          RightsRules::check,
          NameRules::check);

  /** What takes a section back removes on purpose; what it must not do is make others wait. */
  private static final List<Consumer<Place>> RULES_BACK = List.of(IndexRules::check);

  private final List<SectionScript> scripts;
  private final Whole whole;
  private final Findings findings;

  /**
   * @param scripts in the order in which they are applied
   */
  public StatementLint(List<SectionScript> scripts, Findings findings) {
    this.scripts = List.copyOf(scripts);
    this.whole = Whole.of(scripts);
    this.findings = findings;
  }

  /** Looks at every statement. */
  public void check() {
    Before before = new Before();
    for (SectionScript script : scripts) {
      Map<Integer, Accepted> accepted = script.accepted();
      for (Unit unit : script.units()) {
        check(script, unit, before, accepted);
      }
    }
  }

  private void check(
      SectionScript script, Unit unit, Before before, Map<Integer, Accepted> accepted) {
    for (Unit.Part part : unit.statements()) {
      Accepted here =
          accepted.getOrDefault(part.statement().tokens().get(0).offset(), Accepted.NOTHING);
      Place place = new Place(script, unit, part, before, whole, here, findings);
      (script.back() ? RULES_BACK : RULES).forEach(rule -> rule.accept(place));
      if (!script.back()) {
        before.add(unit, part);
      }
    }
    if (!script.back()) {
      LockOrder.check(script, unit, before, accepted, findings);
    }
  }

  /**
   * Looks at a query that runs beside the sections, in a transaction of its own.
   *
   * @param what it is of: {@code probes.open_orders}
   */
  public void query(String file, int line, int column, String what, String sql) {
    Hazard hazard = whole.buildsConcurrently() ? Hazard.LONG_QUERY : Hazard.SLEEP;
    Script.splitQuery(sql).stream()
        .flatMap(statement -> Calls.in(statement.tokens()))
        .filter(whole::lasts)
        .findFirst()
        .map(
            call ->
                hazard.found(
                    file,
                    line,
                    column,
                    what + " calls " + call.text() + ", which takes as long as it is told",
                    Optional.empty()))
        .ifPresent(findings::add);
  }
}
