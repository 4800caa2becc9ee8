/** Everything that touches the world, as activities that are safe to run again. */
@NullMarked
package io.lockkeeper.activities;

import org.jspecify.annotations.NullMarked;
