package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.UnitNow;
import io.lockkeeper.step.Evidence.UnitNow.Finding;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What option A would do now: the ledger's units, each held against the catalog as it is, in the
 * order in which they would be taken back. Reads only; needs neither bundle nor grant. What it
 * tells is of this moment, and the rollback looks again for itself.
 */
public final class WayBackNow {
  private final Target target;

  /** Of objects that would be gone by then: what hangs on them is in nobody's way. */
  private final Set<Long> gone = new HashSet<>();

  private List<String> differences = List.of();

  public WayBackNow(Target target) {
    this.target = target;
  }

  /** PASS where all would be taken back as it was approved. */
  public StepResult look(String promotion) throws SQLException {
    Optional<byte[]> after = new TargetLedger(target).checkpoint(promotion, Drift.AFTER);
    differences = after.isPresent() ? Drift.differences(target, after.get()) : List.of();
    List<UnitRow> rows = standing(promotion);
    if (rows.isEmpty()) {
      return StepResult.of(
          Verdict.PASS,
          "nothing of this promotion stands here: there is nothing to take back, and what was there"
              + " before is read when each unit begins",
          new Evidence.WayBackNow(List.of(), Fingerprint.told(differences)));
    }
    DeclaredWayBack declared = new TargetLedger(target).wayBack(promotion);
    List<UnitNow> units =
        target.read(connection -> units(connection, rows, declared, after.isPresent()));
    return StepResult.of(
        verdict(units),
        sentence(units),
        new Evidence.WayBackNow(units, Fingerprint.told(differences)));
  }

  /** Steps are undone first. */
  private List<UnitRow> standing(String promotion) throws SQLException {
    if (!Grants.known(target, promotion)) {
      return List.of();
    }
    List<UnitRow> rows =
        new ArrayList<>(
            target.read(connection -> Ledger.standing(connection, promotion, Pass.DEPLOY)));
    rows.sort(Comparator.comparing(row -> !row.pass().equals(Ledger.word(Pass.STEPS))));
    return rows;
  }

  private List<UnitNow> units(
      Connection connection, List<UnitRow> rows, DeclaredWayBack declared, boolean compared)
      throws SQLException {
    RevertOrder order =
        new RevertOrder(
            rows.stream().filter(row -> !declared.keeps().contains(row.section())).toList());
    List<UnitNow> units = new ArrayList<>();
    for (UnitRow row : rows) {
      UnitNow now = unit(connection, row, declared, order, compared);
      if (!now.left()) {
        order.gone(row);
      }
      units.add(now);
    }
    return units;
  }

  private UnitNow unit(
      Connection connection,
      UnitRow row,
      DeclaredWayBack declared,
      RevertOrder order,
      boolean compared)
      throws SQLException {
    if (declared.keeps().contains(row.section())) {
      return of(row, Finding.STAYS, false, "stays: the change keeps it in a rollback");
    }
    if (declared.forwardOnly().contains(row.section())) {
      return of(row, Finding.REFUSED, true, "is refused: " + declared.because());
    }
    if (row.adopted()) {
      return of(row, Finding.STAYS, false, "was there already, and stays");
    }
    if (row.inverse().isEmpty()) {
      return of(row, Finding.NOTHING, false, "nothing to take back");
    }
    Optional<UnitRow> above = order.above(row);
    if (above.isPresent()) {
      return of(
          row,
          Finding.WAITS,
          true,
          "waits for unit "
              + above.get().unit()
              + " of section "
              + above.get().section()
              + ", which came after it on the same table and would be left");
    }
    return inverse(connection, row, compared);
  }

  /** The worst of its parts. */
  private UnitNow inverse(Connection connection, UnitRow row, boolean compared)
      throws SQLException {
    UnitNow worst =
        compared
            ? of(row, Finding.AS_APPROVED, false, "is taken back as approved")
            : of(row, Finding.AS_APPROVED, false, "is taken back; it is there");
    boolean known = false;
    for (String part : row.inverse().subList(row.revertedParts(), row.inverse().size())) {
      for (Unit.Part statement : Unit.parts(part)) {
        for (Subject subject : Subject.of(statement.meaning())) {
          if (Address.knows(subject)) {
            known = true;
            worst = worse(worst, subject(connection, row, subject));
          }
        }
      }
    }
    return known
        ? worst
        : of(
            row, Finding.UNKNOWN, false, "cannot be told beforehand: it is taken back as approved");
  }

  private static UnitNow worse(UnitNow one, UnitNow other) {
    boolean worse =
        other.left() == one.left() ? other.finding().compareTo(one.finding()) > 0 : other.left();
    return worse ? other : one;
  }

  private UnitNow subject(Connection connection, UnitRow row, Subject subject) throws SQLException {
    Optional<Address> found = Address.of(connection, subject);
    String name = subject.text();
    if (found.isEmpty()) {
      return subject.act() == Subject.Act.MAKES
          ? of(row, Finding.AS_APPROVED, false, "is taken back as approved")
          : subject.act() == Subject.Act.DROPS && subject.graceful()
              ? of(row, Finding.GONE, false, name + " is gone already: nothing is left to do")
              : of(row, Finding.GONE, true, name + " is gone: taking it back would fail");
    }
    List<String> changes = changes(subject, found.get());
    return switch (subject.act()) {
      case DROPS -> drops(connection, row, subject, found.get(), changes);
      case ALTERS ->
          changes.isEmpty()
              ? of(row, Finding.AS_APPROVED, false, "is taken back as approved")
              : of(
                  row,
                  Finding.CHANGED,
                  false,
                  name + " was changed, and is set back all the same: " + told(changes));
      case MAKES ->
          of(row, Finding.CHANGED, true, name + " is there: somebody else made one of that name");
    };
  }

  private UnitNow drops(
      Connection connection, UnitRow row, Subject subject, Address found, List<String> changes)
      throws SQLException {
    List<String> held = new ArrayList<>();
    for (Address.Dependent dependent : found.dependents(connection)) {
      if (!gone.contains(dependent.oid())) {
        held.add(dependent.text());
      }
    }
    if (!held.isEmpty()) {
      return of(
          row,
          Finding.HELD,
          true,
          subject.text() + " would not be dropped: it is used by " + String.join(", ", held));
    }
    gone.add(found.oid());
    if (changes.isEmpty()) {
      return of(row, Finding.AS_APPROVED, false, "is taken back as approved");
    }
    // An index that is not the one that was made is not touched.
    boolean index = row.definition().isPresent();
    return of(
        row,
        Finding.CHANGED,
        index,
        subject.text()
            + " was changed"
            + (index ? ", and is not touched where it is not ours: " : ", and is dropped: ")
            + told(changes));
  }

  private List<String> changes(Subject subject, Address found) {
    return differences.stream()
        .filter(
            line ->
                Address.lines(subject.kind()).stream()
                    .anyMatch(kind -> line.startsWith(kind + " " + found.name() + " ", 2)))
        .toList();
  }

  private static String told(List<String> changes) {
    return String.join("; ", Fingerprint.told(changes));
  }

  private static UnitNow of(UnitRow row, Finding finding, boolean left, String sentence) {
    return new UnitNow(row.section(), row.unit(), row.title(), finding, left, sentence);
  }

  private static Verdict verdict(List<UnitNow> units) {
    if (units.stream().anyMatch(UnitNow::left)) {
      return Verdict.FAIL;
    }
    boolean other =
        units.stream()
            .anyMatch(
                unit -> unit.finding() == Finding.CHANGED || unit.finding() == Finding.UNKNOWN);
    return other ? Verdict.INCONCLUSIVE : Verdict.PASS;
  }

  /** {@code option A would take 7 of 9 units back as approved; 1 is gone already; left: …}. */
  private static String sentence(List<UnitNow> units) {
    List<String> parts = new ArrayList<>();
    long approved = units.stream().filter(unit -> unit.finding() == Finding.AS_APPROVED).count();
    parts.add(
        "option A would take "
            + approved
            + " of "
            + units.size()
            + (units.size() == 1 ? " unit" : " units")
            + " back as approved");
    units.stream()
        .filter(unit -> unit.finding() != Finding.AS_APPROVED)
        .filter(unit -> unit.finding() != Finding.NOTHING && unit.finding() != Finding.STAYS)
        .limit(20)
        .forEach(
            unit ->
                parts.add(
                    (unit.left() ? "LEFT: " : "")
                        + "unit "
                        + unit.unit()
                        + " of section "
                        + unit.section()
                        + ": "
                        + unit.sentence()));
    return String.join("; ", parts);
  }
}
