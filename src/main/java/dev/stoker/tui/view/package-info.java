/** What the live screen shows and how: pure drawings of what was seen, and what a person chose. */
@NullMarked
package dev.stoker.tui.view;

import org.jspecify.annotations.NullMarked;
