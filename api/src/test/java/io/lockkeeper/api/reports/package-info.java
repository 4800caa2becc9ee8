@NullMarked
package io.lockkeeper.api.reports;

import org.jspecify.annotations.NullMarked;
