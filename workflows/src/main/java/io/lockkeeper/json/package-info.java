/**
 * The one JSON form: snake_case, ISO times, and a canonical byte form that hashes and signatures
 * are taken over.
 */
@NullMarked
package io.lockkeeper.json;

import org.jspecify.annotations.NullMarked;
