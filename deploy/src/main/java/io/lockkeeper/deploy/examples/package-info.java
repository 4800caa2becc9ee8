/** What the applications of the examples have in common. */
@NullMarked
package io.lockkeeper.deploy.examples;

import org.jspecify.annotations.NullMarked;
