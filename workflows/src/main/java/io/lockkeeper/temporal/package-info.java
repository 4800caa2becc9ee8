/** The connection to Temporal, the same for the API and the workers. */
@NullMarked
package io.lockkeeper.temporal;

import org.jspecify.annotations.NullMarked;
