/**
 * Content that is too large or too private for a history: kept by its SHA-256, carried by
 * reference.
 */
@NullMarked
package io.lockkeeper.blob;

import org.jspecify.annotations.NullMarked;
