/** PostgreSQL targets: the fenced connection, the ledger, sections, fingerprints, probes. */
@NullMarked
package io.lockkeeper.activities.postgres;

import org.jspecify.annotations.NullMarked;
