package dev.stoker.cli;

import dev.stoker.host.HostSource;
import dev.stoker.host.Hosts;
import dev.stoker.http.Endpoint;
import dev.stoker.machine.MachineWatch;

import java.util.List;
import java.util.Optional;

/** Opens a look at this machine. Implemented where implementations are picked. */
@FunctionalInterface
public interface MachineWatcher {

    MachineWatch open(Wanted wanted);

    /** Returns what can be seen of the host of a server. */
    default HostSource hostOf(Endpoint server) {
        return Hosts.of(server.host());
    }

    /**
     * What to look at.
     *
     * @param servers the addresses that the user named; empty to look at the usual ones
     * @param apiKeyEnv the environment variable that holds the servers' key
     * @param pcieThroughput whether to measure the traffic of each GPU, which takes 40 ms each
     * @param wholeHost whether to look at all of the host; else at its memory alone
     * @param llamaMetrics whether to ask llama-servers for what they count too, which sets two of
     *     their gauges back for others
     */
    record Wanted(
            List<String> servers,
            Optional<String> apiKeyEnv,
            boolean pcieThroughput,
            boolean wholeHost,
            boolean llamaMetrics) {
        public Wanted {
            servers = List.copyOf(servers);
        }

        /** What to look at without a question that changes anything. */
        public Wanted(
                List<String> servers,
                Optional<String> apiKeyEnv,
                boolean pcieThroughput,
                boolean wholeHost) {
            this(servers, apiKeyEnv, pcieThroughput, wholeHost, false);
        }
    }
}
