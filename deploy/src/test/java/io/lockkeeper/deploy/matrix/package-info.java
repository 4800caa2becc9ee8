/** Every kind of unit, at every moment, under every fault: the cells of the kill matrix. */
@NullMarked
package io.lockkeeper.deploy.matrix;

import org.jspecify.annotations.NullMarked;
