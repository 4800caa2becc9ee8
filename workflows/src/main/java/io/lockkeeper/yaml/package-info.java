/**
 * YAML 1.2 with positions: unknown, duplicate and not yet supported keys are findings, never
 * ignored.
 */
@NullMarked
package io.lockkeeper.yaml;

import org.jspecify.annotations.NullMarked;
