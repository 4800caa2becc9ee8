/** The API as a command sees it. */
@NullMarked
package io.lockkeeper.deploy.client;

import org.jspecify.annotations.NullMarked;
