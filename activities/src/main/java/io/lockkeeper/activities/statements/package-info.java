/** Statements of others, as pg_stat_statements counts them, and which of them take more time. */
@NullMarked
package io.lockkeeper.activities.statements;

import org.jspecify.annotations.NullMarked;
