/**
 * A screen of character cells: what is drawn on it, and which bytes change a terminal to show it.
 */
@NullMarked
package dev.stoker.tui.screen;

import org.jspecify.annotations.NullMarked;
