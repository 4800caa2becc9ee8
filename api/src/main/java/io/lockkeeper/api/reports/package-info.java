/** Views of the journal that people keep. */
@NullMarked
package io.lockkeeper.api.reports;

import org.jspecify.annotations.NullMarked;
