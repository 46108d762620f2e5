/** Takes one request apart. */
@NullMarked
package dev.stoker.explain.probe;

import org.jspecify.annotations.NullMarked;
