package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.StatementReader;
import io.lockkeeper.section.Unit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which units may be taken back while a later one still stands: those that touch none of its
 * tables, and those that only drop indexes. A column that a later unit filled and that could not be
 * emptied again is not dropped under it. Not safe for several threads.
 */
final class RevertOrder {
  private final List<Standing> standing;

  /**
   * A unit that stands, its way back read once.
   *
   * @param tables by name, without their schemas, which not every statement names: rather wait once
   *     too often
   * @param free whether it may be taken back whatever stands
   */
  private record Standing(UnitRow row, Set<String> tables, boolean free) {
    static Standing of(UnitRow row) {
      List<Meaning> meanings =
          row.inverse().stream()
              .flatMap(part -> Unit.parts(part).stream())
              .map(Unit.Part::meaning)
              .toList();
      Set<String> tables =
          meanings.stream()
              .flatMap(meaning -> meaning.touchedTables().stream())
              .map(QualifiedName::name)
              .collect(Collectors.toCollection(HashSet::new));
      row.definition()
          .map(StatementReader::readDefinition)
          .ifPresent(index -> tables.add(index.table().name()));
      return new Standing(
          row, tables, meanings.stream().allMatch(meaning -> meaning instanceof Meaning.DropIndex));
    }

    boolean is(UnitRow other) {
      return row.pass().equals(other.pass())
          && row.section().equals(other.section())
          && row.unit() == other.unit();
    }
  }

  /**
   * @param rows of units that were begun and not taken back, last begun first
   */
  RevertOrder(List<UnitRow> rows) {
    this.standing = new ArrayList<>(rows.stream().map(Standing::of).toList());
  }

  /** It was taken back. */
  void gone(UnitRow row) {
    standing.removeIf(other -> other.is(row));
  }

  /** The later unit for which it has to wait; nothing where it may be taken back. */
  Optional<UnitRow> above(UnitRow row) {
    Standing own =
        standing.stream().filter(one -> one.is(row)).findFirst().orElseGet(() -> Standing.of(row));
    if (own.free()) {
      return Optional.empty();
    }
    return standing.stream()
        .takeWhile(later -> !later.is(row))
        .filter(later -> !Collections.disjoint(later.tables(), own.tables()))
        .map(Standing::row)
        .findFirst();
  }
}
