/**
 * A machine over time: rates, models seen from all sides, and what happened. Pure but for memory.
 */
@NullMarked
package dev.stoker.watch;

import org.jspecify.annotations.NullMarked;
