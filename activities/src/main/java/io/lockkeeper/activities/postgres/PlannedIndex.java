package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.QualifiedName;

/**
 * An index that a unit makes, with its names resolved on the target.
 *
 * @param name in the schema of its table, because that is where the server makes it
 * @param table with its schema
 * @param definition the statement as written, for people
 * @param print what the inspection compares with
 */
record PlannedIndex(
    QualifiedName name, QualifiedName table, CreateIndex meaning, String definition, Print print) {

  /** How the server prints the planned definition: its own words for what a person wrote. */
  sealed interface Print {

    /**
     * It was asked.
     *
     * @param rest what pg_get_indexdef prints after the table's name
     */
    record Printed(String rest) implements Print {}

    /** It could not tell, so no index is taken for the planned one. */
    record Unknown(String why) implements Print {}
  }
}
