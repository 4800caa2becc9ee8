/**
 * What would go wrong with the statements of a change, told before any environment sees them: each
 * rule looks at what a statement means and at what came before it, never at its text.
 */
@NullMarked
package io.lockkeeper.lint;

import org.jspecify.annotations.NullMarked;
