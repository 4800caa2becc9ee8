/**
 * What workflows ask of the world: the activities' interfaces, their orders, and their policies.
 */
@NullMarked
package io.lockkeeper.activity;

import org.jspecify.annotations.NullMarked;
