/** Changes: pushed, kept, shown. */
@NullMarked
package io.lockkeeper.api.changes;

import org.jspecify.annotations.NullMarked;
