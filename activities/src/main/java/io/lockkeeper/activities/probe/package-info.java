/** Probes, checks and live figures: read only, short, and measured as a client sees it. */
@NullMarked
package io.lockkeeper.activities.probe;

import org.jspecify.annotations.NullMarked;
