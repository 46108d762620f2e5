/**
 * The simulated box: real protocols on real sockets over physics, for tests, demonstrations and
 * trying things out.
 */
@NullMarked
package dev.stoker.sim;

import org.jspecify.annotations.NullMarked;
