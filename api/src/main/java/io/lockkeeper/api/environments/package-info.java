/** Environments as their workers announce them. */
@NullMarked
package io.lockkeeper.api.environments;

import org.jspecify.annotations.NullMarked;
