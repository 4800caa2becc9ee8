@NullMarked
package io.lockkeeper.api.series;

import org.jspecify.annotations.NullMarked;
