/**
 * A change: the bundle that people write, read into one expanded form whose SHA-256 is its
 * identity. The keys are those of {@code deploy/docs/change.md}; what this version does not do is
 * refused by name.
 */
@NullMarked
package io.lockkeeper.change;

import org.jspecify.annotations.NullMarked;
