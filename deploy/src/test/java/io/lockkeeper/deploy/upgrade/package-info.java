/** What an earlier main made, under today's. */
@NullMarked
package io.lockkeeper.deploy.upgrade;

import org.jspecify.annotations.NullMarked;
