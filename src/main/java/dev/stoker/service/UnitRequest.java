package dev.stoker.service;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is to run as a service.
 *
 * @param name of the unit, without {@code .service}
 * @param scope whose systemd runs it
 * @param program absolute path of the launcher
 * @param arguments of the program
 * @param javaHome the JDK that runs it now, which it is to use
 * @param user who runs it, for a unit of the system; empty: a user made up for it
 */
public record UnitRequest(
        String name,
        Scope scope,
        Path program,
        List<String> arguments,
        Path javaHome,
        Optional<String> user) {
    public UnitRequest {
        arguments = List.copyOf(arguments);
    }

    /** Whose systemd. */
    public enum Scope {
        /** The system's: it runs from boot on. */
        SYSTEM,
        /** The user's own: it runs while the user is logged in, or lingers. */
        USER
    }
}
