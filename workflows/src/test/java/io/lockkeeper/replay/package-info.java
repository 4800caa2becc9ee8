/** Recorded histories, and that today's workflows still follow them. */
@NullMarked
package io.lockkeeper.replay;

import org.jspecify.annotations.NullMarked;
