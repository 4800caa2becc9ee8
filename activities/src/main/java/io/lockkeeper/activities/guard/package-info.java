/** The limits of a section while it runs: how they are judged, and what was seen. */
@NullMarked
package io.lockkeeper.activities.guard;

import org.jspecify.annotations.NullMarked;
