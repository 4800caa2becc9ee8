/** What an installation keeps on disk. */
@NullMarked
package io.lockkeeper.deploy.standalone;

import org.jspecify.annotations.NullMarked;
