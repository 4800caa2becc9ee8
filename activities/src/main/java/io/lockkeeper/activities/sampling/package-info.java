/** Live figures during soak and watch, taken by one scheduler a worker. */
@NullMarked
package io.lockkeeper.activities.sampling;

import org.jspecify.annotations.NullMarked;
