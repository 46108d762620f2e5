/** Finds out whether reloads make a model slower, why, and what brings the speed back. */
@NullMarked
package dev.stoker.degrade;

import org.jspecify.annotations.NullMarked;
