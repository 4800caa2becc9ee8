/** Errors as problem+json (RFC 9457). */
@NullMarked
package io.lockkeeper.api.problems;

import org.jspecify.annotations.NullMarked;
