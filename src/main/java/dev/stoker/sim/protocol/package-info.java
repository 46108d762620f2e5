/** The protocols that the simulated servers speak, byte by byte as the real ones. */
@NullMarked
package dev.stoker.sim.protocol;

import org.jspecify.annotations.NullMarked;
