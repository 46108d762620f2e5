package dev.stoker.host;

import java.time.Duration;

/** How a command of the operating system ended. The output still needs cleaning to be printed. */
public sealed interface CommandEnd {

    /**
     * It ended by itself.
     *
     * @param code its exit code
     * @param output what it wrote to standard output and standard error, in the order in which it
     *     wrote
     * @param cut whether the output was longer and only its end is here
     */
    record Finished(int code, String output, boolean cut) implements CommandEnd {}

    /** It was ended because it had not ended within the limit. */
    record TimedOut(Duration limit, String output) implements CommandEnd {}

    /** It could not be started: there is no such program, or it may not be run. */
    record NotStarted(String reason) implements CommandEnd {}

    /** It was ended because the caller was cancelled. */
    record Cancelled() implements CommandEnd {}

    /** Returns whether the command ended by itself with exit code 0. */
    default boolean succeeded() {
        return this instanceof Finished f && f.code() == 0;
    }
}
