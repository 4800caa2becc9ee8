/** What can go wrong, by code, and how a message about it is built. */
@NullMarked
package io.lockkeeper.failure;

import org.jspecify.annotations.NullMarked;
