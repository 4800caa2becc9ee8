/**
 * Reads a section: one SQL file, split into statements by a lexer, each understood by its tokens,
 * grouped into units that commit together.
 */
@NullMarked
package io.lockkeeper.section;

import org.jspecify.annotations.NullMarked;
