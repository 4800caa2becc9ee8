/** What is known of an environment outside its worker: names, flags, identities; no credentials. */
@NullMarked
package io.lockkeeper.environment;

import org.jspecify.annotations.NullMarked;
