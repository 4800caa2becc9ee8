/** One run of a change through its stages: its state, what is allowed in it, and its workflow. */
@NullMarked
package io.lockkeeper.promotion;

import org.jspecify.annotations.NullMarked;
