/** Tests of how findings are printed and mended. */
@NullMarked
package io.lockkeeper.deploy.findings;

import org.jspecify.annotations.NullMarked;
