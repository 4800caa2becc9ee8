/** Random schemas and changes of them, and whether each way back leads back. */
@NullMarked
package io.lockkeeper.activities.wayback;

import org.jspecify.annotations.NullMarked;
