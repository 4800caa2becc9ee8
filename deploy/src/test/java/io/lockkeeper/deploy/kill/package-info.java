/** What happens when parts of an installation die. */
@NullMarked
package io.lockkeeper.deploy.kill;

import org.jspecify.annotations.NullMarked;
