/** What a box is and what follows from it: memory, placement and rates. Pure. */
@NullMarked
package dev.stoker.sim.physics;

import org.jspecify.annotations.NullMarked;
