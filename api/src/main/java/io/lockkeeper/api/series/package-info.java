/** Series: the table of their windows, what is read of them, and when they are removed. */
@NullMarked
package io.lockkeeper.api.series;

import org.jspecify.annotations.NullMarked;
