/** The control plane: what people and programs talk to. Holds no credential of any target. */
@NullMarked
package io.lockkeeper.api;

import org.jspecify.annotations.NullMarked;
