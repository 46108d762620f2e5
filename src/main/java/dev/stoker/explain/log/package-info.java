/** Reads the logs of servers, of any length, byte by byte. */
@NullMarked
package dev.stoker.explain.log;

import org.jspecify.annotations.NullMarked;
