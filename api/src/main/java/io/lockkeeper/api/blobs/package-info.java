/** Content by hash, in the control-plane database. */
@NullMarked
package io.lockkeeper.api.blobs;

import org.jspecify.annotations.NullMarked;
