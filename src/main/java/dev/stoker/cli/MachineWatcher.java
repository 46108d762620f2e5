package dev.stoker.cli;

import dev.stoker.machine.MachineWatch;

import java.util.List;
import java.util.Optional;

/** Opens a look at this machine. Implemented where implementations are picked. */
@FunctionalInterface
public interface MachineWatcher {

    /**
     * @param servers the addresses that the user named; empty to look at the usual ones
     * @param apiKeyEnv the environment variable that holds the servers' key
     * @param pcieThroughput whether to measure the traffic of each GPU, which takes 40 ms each
     */
    MachineWatch open(List<String> servers, Optional<String> apiKeyEnv, boolean pcieThroughput);
}
