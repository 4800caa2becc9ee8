/** Who calls, and with which roles. */
@NullMarked
package io.lockkeeper.api.auth;

import org.jspecify.annotations.NullMarked;
