/** Figures beside the live ones of a database, gathered from their sources under their names. */
@NullMarked
package io.lockkeeper.activities.figures;

import org.jspecify.annotations.NullMarked;
