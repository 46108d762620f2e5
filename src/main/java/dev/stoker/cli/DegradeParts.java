package dev.stoker.cli;

import dev.stoker.degrade.DegradeContext;

import java.util.List;
import java.util.Optional;

/**
 * Finds the server whose reloads are examined, and what there is around it. Implemented where
 * implementations are picked.
 */
public interface DegradeParts {

    /**
     * How the server and its container are started anew, where the user wants that done by commands
     * of their own.
     */
    record Commands(Optional<String> restart, Optional<String> recreate) {}

    /**
     * @param servers URLs that were given; empty to look for one
     * @param apiKeyEnv the environment variable that holds the key
     * @param remarks takes what the user should know of how it was found
     * @throws dev.stoker.base.UserError if no server answers, with what was tried
     */
    DegradeContext open(
            List<String> servers, Optional<String> apiKeyEnv, Commands commands, Talker remarks);

    /** Takes a sentence for the user. */
    interface Talker {
        void say(String sentence);
    }
}
