/** The live screen: keys and news in, frames out. Everything in {@code view} is pure. */
@NullMarked
package dev.stoker.tui;

import org.jspecify.annotations.NullMarked;
