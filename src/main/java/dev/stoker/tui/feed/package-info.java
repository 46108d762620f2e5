/** Where the live screen's samples come from: this machine, another one, or a recording. */
@NullMarked
package dev.stoker.tui.feed;

import org.jspecify.annotations.NullMarked;
