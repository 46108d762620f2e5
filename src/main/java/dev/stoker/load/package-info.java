/** Sends requests to a server and records what came of them. */
@NullMarked
package dev.stoker.load;

import org.jspecify.annotations.NullMarked;
