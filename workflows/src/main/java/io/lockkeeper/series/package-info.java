/** Figures over time, as they were sampled. Pure; knows nothing of promotions. */
@NullMarked
package io.lockkeeper.series;

import org.jspecify.annotations.NullMarked;
