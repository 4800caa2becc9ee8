/** What is looked at before a promotion starts. */
@NullMarked
package io.lockkeeper.api.promotions;

import org.jspecify.annotations.NullMarked;
