/** One act inside a stage: what it is, how it ended, and what proves it. Knows no promotion. */
@NullMarked
package io.lockkeeper.step;

import org.jspecify.annotations.NullMarked;
