package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.QualifiedName;

/**
 * An index that a unit makes, with its names resolved on the target.
 *
 * @param name in the schema of its table, because that is where the server makes it
 * @param table with its schema
 * @param definition the statement as written: what the inspection compares with
 */
record PlannedIndex(
    QualifiedName name, QualifiedName table, CreateIndex meaning, String definition) {}
