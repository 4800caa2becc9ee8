/** What a worker would find on its targets, before anybody needs it. */
@NullMarked
package io.lockkeeper.activities.doctor;

import org.jspecify.annotations.NullMarked;
