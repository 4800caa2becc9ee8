/** The machine on which targets and worker run together, as Linux tells of it. */
@NullMarked
package io.lockkeeper.activities.host;

import org.jspecify.annotations.NullMarked;
