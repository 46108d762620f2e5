package dev.stoker.cli;

import dev.stoker.base.Clock;
import dev.stoker.bench.BenchContext.CachedShares;
import dev.stoker.bench.OtherGpuUse;
import dev.stoker.control.ServerControl;
import dev.stoker.host.HostSource;
import dev.stoker.server.InferenceServer;

import java.util.List;

/**
 * A server that was found, and what there is around it.
 *
 * @param server the server
 * @param clock the clock of its exchanges: simulated time for a simulated box
 * @param host the host it runs on
 * @param control how it can be restarted
 * @param cached tells the cached share of prompts from its log
 * @param gpus tells how much others use the GPUs of that host
 * @param remarks what the user should know of how it was found
 */
public record Connection(
        InferenceServer server,
        Clock clock,
        HostSource host,
        ServerControl control,
        CachedShares cached,
        OtherGpuUse gpus,
        List<String> remarks) {
    public Connection {
        remarks = List.copyOf(remarks);
    }
}
