/** Which items of the checklists are proven. */
@NullMarked
package io.lockkeeper.deploy.acceptance;

import org.jspecify.annotations.NullMarked;
