/** Promotions: started, shown, acted on. */
@NullMarked
package io.lockkeeper.api.promotions;

import org.jspecify.annotations.NullMarked;
