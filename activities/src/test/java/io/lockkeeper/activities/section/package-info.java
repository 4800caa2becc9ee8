/** Scripts as they are split, compared with the server's word and with another parser's. */
@NullMarked
package io.lockkeeper.activities.section;

import org.jspecify.annotations.NullMarked;
