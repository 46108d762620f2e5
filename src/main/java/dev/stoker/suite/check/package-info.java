/** The checks of an answer. Pure, but for what they are given as {@code Means}. */
@NullMarked
package dev.stoker.suite.check;

import org.jspecify.annotations.NullMarked;
