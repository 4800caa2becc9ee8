/** Standalone mode: the same processes in one, on an embedded default. Composition only. */
@NullMarked
package io.lockkeeper.deploy.standalone;

import org.jspecify.annotations.NullMarked;
