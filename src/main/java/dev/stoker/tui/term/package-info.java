/** The terminal itself: its modes, its size, its keys and its signals. */
@NullMarked
package dev.stoker.tui.term;

import org.jspecify.annotations.NullMarked;
