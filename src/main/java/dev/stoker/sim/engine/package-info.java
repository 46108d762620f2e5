/** The simulated model server behind every protocol: scheduler, runners, token times, faults. */
@NullMarked
package dev.stoker.sim.engine;

import org.jspecify.annotations.NullMarked;
