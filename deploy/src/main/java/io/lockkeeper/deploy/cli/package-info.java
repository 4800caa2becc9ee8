/** The command line. */
@NullMarked
package io.lockkeeper.deploy.cli;

import org.jspecify.annotations.NullMarked;
