/** Backups: taken, read in full, restored beside and compared. */
@NullMarked
package io.lockkeeper.activities.backup;

import org.jspecify.annotations.NullMarked;
