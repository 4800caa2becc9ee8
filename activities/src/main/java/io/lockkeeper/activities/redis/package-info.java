/** Redis servers: their statistics, and nothing of what they hold. */
@NullMarked
package io.lockkeeper.activities.redis;

import org.jspecify.annotations.NullMarked;
