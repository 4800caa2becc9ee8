/** Whole promotions of the example, from the first step to the report. */
@NullMarked
package io.lockkeeper.deploy.promotion;

import org.jspecify.annotations.NullMarked;
