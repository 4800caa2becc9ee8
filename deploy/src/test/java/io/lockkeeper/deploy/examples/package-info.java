/** The examples that are delivered. */
@NullMarked
package io.lockkeeper.deploy.examples;

import org.jspecify.annotations.NullMarked;
