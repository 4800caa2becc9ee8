/** How long a change will take in the next environment, and how far one is like another. */
@NullMarked
package io.lockkeeper.forecast;

import org.jspecify.annotations.NullMarked;
