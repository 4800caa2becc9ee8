package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.section.StatementReader;
import io.lockkeeper.section.Unit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which units may be taken back while a later one still stands: those that touch none of its
 * tables, and those that only drop indexes. A column that a later unit filled and that could not be
 * emptied again is not dropped under it. Not safe for several threads.
 */
final class RevertOrder {
  private final List<UnitRow> standing;

  /**
   * @param standing units that were begun and not taken back, last begun first
   */
  RevertOrder(List<UnitRow> standing) {
    this.standing = new ArrayList<>(standing);
  }

  /** It was taken back. */
  void gone(UnitRow row) {
    standing.removeIf(other -> other.section().equals(row.section()) && other.unit() == row.unit());
  }

  /** The later unit for which it has to wait; nothing where it may be taken back. */
  Optional<UnitRow> above(UnitRow row) {
    if (row.inverse().isEmpty() || dropsIndexes(row)) {
      return Optional.empty();
    }
    Set<String> tables = tables(row);
    for (UnitRow later : standing) {
      if (later.section().equals(row.section()) && later.unit() == row.unit()) {
        return Optional.empty();
      }
      Set<String> shared = tables(later);
      shared.retainAll(tables);
      if (!shared.isEmpty()) {
        return Optional.of(later);
      }
    }
    return Optional.empty();
  }

  private static boolean dropsIndexes(UnitRow row) {
    return meanings(row).stream().allMatch(meaning -> meaning instanceof Meaning.DropIndex);
  }

  /** Without their schemas, which not every statement names: rather wait once too often. */
  private static Set<String> tables(UnitRow row) {
    Set<String> tables = new HashSet<>();
    meanings(row)
        .forEach(
            meaning ->
                meaning.touchedTables().stream().map(QualifiedName::name).forEach(tables::add));
    row.definition()
        .map(StatementReader::readDefinition)
        .ifPresent(index -> tables.add(index.table().name()));
    return tables;
  }

  private static List<Meaning> meanings(UnitRow row) {
    return row.inverse().stream()
        .flatMap(part -> Unit.read(part).stream())
        .flatMap(unit -> unit.statements().stream())
        .map(Unit.Part::meaning)
        .toList();
  }
}
