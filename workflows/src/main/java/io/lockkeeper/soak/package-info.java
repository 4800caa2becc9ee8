/** A soak or watch: a race between a durable timer and its triggers, in a workflow of its own. */
@NullMarked
package io.lockkeeper.soak;

import org.jspecify.annotations.NullMarked;
