/** What lint found, as people and programs read it, and what mends it. */
@NullMarked
package io.lockkeeper.deploy.findings;

import org.jspecify.annotations.NullMarked;
