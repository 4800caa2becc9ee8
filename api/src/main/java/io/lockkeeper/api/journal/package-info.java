/** The journal: one hash chain a promotion, and the state that it adds up to. */
@NullMarked
package io.lockkeeper.api.journal;

import org.jspecify.annotations.NullMarked;
