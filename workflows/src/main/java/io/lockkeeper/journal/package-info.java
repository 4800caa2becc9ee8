/**
 * The one pipeline: every screen, report and checklist is drawn from these records. Chained by
 * hashes, so that a changed, missing or inserted one shows.
 */
@NullMarked
package io.lockkeeper.journal;

import org.jspecify.annotations.NullMarked;
