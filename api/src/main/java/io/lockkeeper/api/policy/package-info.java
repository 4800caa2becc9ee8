/** House rules: people, their roles, and what an environment asks for at least. */
@NullMarked
package io.lockkeeper.api.policy;

import org.jspecify.annotations.NullMarked;
