/** What a worker knows of its environment: targets with their credentials, addresses, logs. */
@NullMarked
package io.lockkeeper.activities.settings;

import org.jspecify.annotations.NullMarked;
