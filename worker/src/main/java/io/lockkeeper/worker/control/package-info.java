/** A worker's way to the control plane: blobs by hash, announcing itself, telling of refusals. */
@NullMarked
package io.lockkeeper.worker.control;

import org.jspecify.annotations.NullMarked;
