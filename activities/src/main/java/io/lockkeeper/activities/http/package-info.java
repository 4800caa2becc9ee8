/** Requests to the applications of an environment, to allowed places only. */
@NullMarked
package io.lockkeeper.activities.http;

import org.jspecify.annotations.NullMarked;
