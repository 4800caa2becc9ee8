/** One class a step: what an environment's activity does. */
@NullMarked
package io.lockkeeper.activities.step;

import org.jspecify.annotations.NullMarked;
