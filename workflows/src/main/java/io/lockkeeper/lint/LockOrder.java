package io.lockkeeper.lint;

import io.lockkeeper.finding.Findings;
import io.lockkeeper.section.LockUse;
import io.lockkeeper.section.Meaning.DropIndex;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.Statement;
import io.lockkeeper.section.Unit;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Strong locks on several tables that others use, held in one transaction. */
final class LockOrder {
  private LockOrder() {}

  static void check(
      SectionScript script,
      Unit unit,
      Before before,
      Map<Integer, Accepted> accepted,
      Findings findings) {
    Set<QualifiedName> locked = new LinkedHashSet<>();
    for (Unit.Part part : unit.statements()) {
      int already = locked.size();
      part.meaning().locks().stream()
          .filter(lock -> lock.mode().strong())
          .filter(lock -> !(part.meaning() instanceof DropIndex))
          .map(LockUse::relation)
          .map(Names::known)
          .filter(relation -> !before.made(relation))
          .forEach(locked::add);
      // One statement that needs two tables, as a foreign key does, cannot be taken apart.
      if (already > 0 && locked.size() > already) {
        Statement statement = part.statement();
        findings.add(
            accepted
                .getOrDefault(statement.tokens().get(0).offset(), Accepted.NOTHING)
                .judge(
                    Hazard.LOCK_ORDER.found(
                        script.file(),
                        statement.line(),
                        statement.column(),
                        "one transaction holds strong locks on "
                            + String.join(", ", locked.stream().map(QualifiedName::text).toList())
                            + ": give each table a section of its own",
                        Optional.empty())));
        return;
      }
    }
  }
}
