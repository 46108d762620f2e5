/** A small HTTP/1.1 server whose answers can be cut, stalled and broken on purpose. */
@NullMarked
package dev.stoker.sim.wire;

import org.jspecify.annotations.NullMarked;
