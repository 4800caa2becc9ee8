/** Log files of an environment. */
@NullMarked
package io.lockkeeper.activities.log;

import org.jspecify.annotations.NullMarked;
