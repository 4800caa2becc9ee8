/** The process that hosts workflows and an environment's activities. */
@NullMarked
package io.lockkeeper.worker;

import org.jspecify.annotations.NullMarked;
