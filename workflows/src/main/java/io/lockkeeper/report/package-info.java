/** What people keep of a promotion: drawn from its journal and from nothing else. Pure. */
@NullMarked
package io.lockkeeper.report;

import org.jspecify.annotations.NullMarked;
