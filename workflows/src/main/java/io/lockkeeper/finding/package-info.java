/** What is wrong in a file that a person wrote, with file, line and column. */
@NullMarked
package io.lockkeeper.finding;

import org.jspecify.annotations.NullMarked;
