/** The demo against an API that stands as it is told. */
@NullMarked
package io.lockkeeper.deploy.demo;

import org.jspecify.annotations.NullMarked;
