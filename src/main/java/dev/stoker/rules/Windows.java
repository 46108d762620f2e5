package dev.stoker.rules;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * A window of values for each thing, and whether the rule speaks of it now: an alert that has begun
 * ends at another mark than the one it began at. A look at which the value is not known ends both.
 * Used by one thread.
 */
final class Windows {
    private final Duration span;
    private final Recall<Window> windows = new Recall<>();
    private final Recall<Boolean> speaking = new Recall<>();

    Windows(Duration span) {
        this.span = span;
    }

    void turn() {
        windows.turn();
        speaking.turn();
    }

    /** Adds a value of a thing and returns its window. */
    Window add(String name, long nanos, double value) {
        @Nullable Window known = windows.of(name);
        Window window = known == null ? new Window(span) : known;
        window.add(nanos, value);
        windows.put(name, window);
        return window;
    }

    /**
     * @param begins whether it is to be said now
     * @param stays whether it goes on to be said where it was before
     */
    boolean speaks(String name, boolean begins, boolean stays) {
        boolean speaks = begins || (stays && speaking.of(name) != null);
        if (speaks) {
            speaking.put(name, true);
        }
        return speaks;
    }
}
