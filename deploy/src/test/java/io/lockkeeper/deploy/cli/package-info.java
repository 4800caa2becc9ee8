/** The command line as people use it. */
@NullMarked
package io.lockkeeper.deploy.cli;

import org.jspecify.annotations.NullMarked;
