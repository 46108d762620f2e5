package dev.stoker.cli;

import dev.stoker.host.HostSource;
import dev.stoker.host.Hosts;
import dev.stoker.server.InferenceServer;

import java.util.List;
import java.util.Optional;

/**
 * Finds the server alone, without what is around it: for commands that need no more and are to
 * start fast. Implemented where implementations are picked.
 */
@FunctionalInterface
public interface ServerFinder {

    /**
     * @param servers URLs that were given; empty to look for one
     * @param apiKeyEnv the environment variable that holds the key
     * @throws dev.stoker.base.UserError if no server answers, with what was tried
     */
    InferenceServer find(List<String> servers, Optional<String> apiKeyEnv);

    /** Returns what can be seen of the host of a server that was found. */
    default HostSource host(InferenceServer server) {
        return Hosts.of(server.identity().endpoint().host());
    }
}
