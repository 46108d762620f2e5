/** Draws charts and scenes into PNG files, with nothing but {@code java.base}. */
@NullMarked
package dev.stoker.suite.picture;

import org.jspecify.annotations.NullMarked;
