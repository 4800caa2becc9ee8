/** What a change will do, as far as promotions have measured it. */
@NullMarked
package io.lockkeeper.api.changes;

import org.jspecify.annotations.NullMarked;
