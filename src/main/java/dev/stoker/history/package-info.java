/** What was measured before: runs, their setting, the store that keeps them, and comparison. */
@NullMarked
package dev.stoker.history;

import org.jspecify.annotations.NullMarked;
