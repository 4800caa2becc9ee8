/** The control-plane database. */
@NullMarked
package io.lockkeeper.api.database;

import org.jspecify.annotations.NullMarked;
