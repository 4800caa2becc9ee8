/** Who somebody is, what waits for them, and tokens for others. */
@NullMarked
package io.lockkeeper.api.people;

import org.jspecify.annotations.NullMarked;
