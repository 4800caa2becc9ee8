/** Acts of people as signed statements, and the rules by which they count. Pure. */
@NullMarked
package io.lockkeeper.signoff;

import org.jspecify.annotations.NullMarked;
