/** A worker's file: environments with their targets and credentials, read and checked. */
@NullMarked
package io.lockkeeper.worker.configuration;

import org.jspecify.annotations.NullMarked;
