/** The application of the Magnus example. */
@NullMarked
package io.lockkeeper.deploy.examples.magnus;

import org.jspecify.annotations.NullMarked;
