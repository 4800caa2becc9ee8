/** A look at a target, for those who plan: a workflow of one short activity. */
@NullMarked
package io.lockkeeper.survey;

import org.jspecify.annotations.NullMarked;
