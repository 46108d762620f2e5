package dev.stoker.cli;

import java.util.List;
import java.util.Optional;

/** Finds the server that a command is about. Implemented where implementations are picked. */
public interface Connector {

    /**
     * @param servers URLs that were given; empty to look for one
     * @param apiKeyEnv the environment variable that holds the key
     * @param restartCommand how the user wants the server restarted
     * @throws dev.stoker.base.UserError if no server answers, with what was tried
     */
    Connection connect(
            List<String> servers, Optional<String> apiKeyEnv, Optional<String> restartCommand);
}
