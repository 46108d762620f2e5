/** Which server answers, and which dialect it speaks. */
@NullMarked
package dev.stoker.server.discovery;

import org.jspecify.annotations.NullMarked;
