/** The way back as data: what was begun, and so what must be undone. */
@NullMarked
package io.lockkeeper.rollback;

import org.jspecify.annotations.NullMarked;
