/** One lock of the flight: its kind, its steps, and how long it lasts. */
@NullMarked
package io.lockkeeper.stage;

import org.jspecify.annotations.NullMarked;
