package dev.stoker.tui;

import dev.stoker.tui.feed.Update;

/** What the screen's thread waits for. */
sealed interface Message {

    /** Bytes that were typed. */
    record Typed(byte[] bytes) implements Message {}

    /**
     * News of a machine.
     *
     * @param host its place in the list
     */
    record News(int host, Update update) implements Message {}

    /** The window has another size. */
    record Resized() implements Message {}

    /** The process goes on after it was stopped by somebody else. */
    record Continued() implements Message {}

    /** The terminal is gone, or the process is to end. */
    record Over() implements Message {}
}
