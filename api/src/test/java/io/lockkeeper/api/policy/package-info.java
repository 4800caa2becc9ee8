@NullMarked
package io.lockkeeper.api.policy;

import org.jspecify.annotations.NullMarked;
