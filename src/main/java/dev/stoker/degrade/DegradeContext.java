package dev.stoker.degrade;

import dev.stoker.base.Clock;
import dev.stoker.control.ServerControl;
import dev.stoker.gpu.GpuCollector;
import dev.stoker.host.HostSample;
import dev.stoker.host.HostSource;
import dev.stoker.server.InferenceServer;

import java.util.function.Supplier;

/**
 * Everything that a run needs from outside.
 *
 * @param server the server under test
 * @param clock the clock of all measurements: the server's exchanges use the same one
 * @param host the server's host
 * @param sample looks at the host's processors
 * @param gpus the GPUs of the server's host
 * @param words the server's log
 * @param control how the server can be restarted
 * @param hands apply remedies
 * @param stokerVersion written into the results
 */
public record DegradeContext(
        InferenceServer server,
        Clock clock,
        HostSource host,
        Supplier<HostSample> sample,
        GpuCollector gpus,
        ServerWords words,
        ServerControl control,
        RemedyHands hands,
        String stokerVersion)
        implements AutoCloseable {

    @Override
    public void close() {
        gpus.close();
    }
}
