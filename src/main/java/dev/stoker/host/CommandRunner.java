package dev.stoker.host;

import dev.stoker.base.Cancellation;

import java.time.Duration;
import java.util.List;

/** Runs a command of the operating system, for a bounded time. Thread-safe. */
@FunctionalInterface
public interface CommandRunner {

    /**
     * Runs a command to its end and returns how it ended; never throws for what the command does.
     */
    CommandEnd run(List<String> command, Duration limit, Cancellation cancellation);
}
