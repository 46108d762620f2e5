package dev.stoker.machine;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuCollector;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuSample;
import dev.stoker.host.HostSample;
import dev.stoker.host.ProcessDetails;
import dev.stoker.host.ProcessSampler;
import dev.stoker.server.state.ServedModels;
import dev.stoker.server.state.ServerState;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks at a machine again and again: its servers while the drivers are asked. Used by one thread;
 * a look takes no longer than the drivers and the servers may, and waits for servers last.
 */
public final class MachineWatch implements AutoCloseable {
    private final GpuCollector gpus;
    private final HostLook host;
    private final ProcessSampler processes;
    private final ProcessModels models;
    private final ServerLook servers;
    private final Clock clock;

    /**
     * @param host looks at the host
     * @param processes describes those that use GPUs
     * @param parents another one, for their parents
     */
    public MachineWatch(
            GpuCollector gpus,
            HostLook host,
            ProcessSampler processes,
            ProcessSampler parents,
            ServerLook servers,
            Clock clock) {
        this.gpus = gpus;
        this.host = host;
        this.processes = processes;
        this.models = new ProcessModels(parents);
        this.servers = servers;
        this.clock = clock;
    }

    /**
     * Looks now.
     *
     * @param patience how long a driver may take; then what it told last is shown
     */
    public MachineSample look(Duration patience) throws InterruptedException {
        servers.request();
        GpuPicture picture = gpus.collect(patience);
        HostSample sample = host.look();
        Instant time = clock.now();
        long nanos = clock.nanos();
        List<ServerState> states = servers.collect();
        ServedModels served = ServedModels.of(states);
        Map<Long, ProcessDetails> users = processes.details(interesting(picture, served));
        return new MachineSample(
                time, nanos, picture, sample, users, states, models.of(users, served));
    }

    private static Set<Long> interesting(GpuPicture picture, ServedModels served) {
        Set<Long> pids = new TreeSet<>();
        for (GpuSample gpu : picture.gpus()) {
            for (GpuProcess process : gpu.processes().orElse(List.of())) {
                pids.add(process.pid());
            }
        }
        for (ServedModels.Served model : served.models()) {
            if (model.state().runnerPid() instanceof Reading.Known<Long>(Long pid)) {
                pids.add(pid);
            }
        }
        return pids;
    }

    @Override
    public void close() {
        gpus.close();
        servers.close();
        processes.close();
        models.close();
        host.close();
    }
}
