@NullMarked
package io.lockkeeper.api.journal;

import org.jspecify.annotations.NullMarked;
