/**
 * Pictures of series, drawn on the server: SVG without scripts, styles or fonts of others. Pure.
 */
@NullMarked
package io.lockkeeper.chart;

import org.jspecify.annotations.NullMarked;
