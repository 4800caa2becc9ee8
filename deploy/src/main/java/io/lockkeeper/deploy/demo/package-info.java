/** A promotion from dev to production before your eyes, driven through the API only. */
@NullMarked
package io.lockkeeper.deploy.demo;

import org.jspecify.annotations.NullMarked;
