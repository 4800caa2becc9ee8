/** From a change to what will be done: the flight of stages, and the plan that people read. */
@NullMarked
package io.lockkeeper.plan;

import org.jspecify.annotations.NullMarked;
