/** Figures that documents quote: each class is run by the command of its name. */
@NullMarked
package io.lockkeeper.deploy.benchmark;

import org.jspecify.annotations.NullMarked;
