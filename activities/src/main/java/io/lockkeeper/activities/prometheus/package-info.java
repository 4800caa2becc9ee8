/** Series of a Prometheus, one number at a time. */
@NullMarked
package io.lockkeeper.activities.prometheus;

import org.jspecify.annotations.NullMarked;
