package dev.stoker.machine;

import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuSample;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostSample;
import dev.stoker.host.ProcessDetails;
import dev.stoker.server.state.ServerState;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A machine at one moment. Immutable.
 *
 * @param time when, for labels
 * @param nanos when, on the machine's monotonic clock
 * @param picture its GPUs
 * @param host its memory, and what else the host was looked at for
 * @param processes those that use GPUs or compute a server's model, by their number; one that can't
 *     be seen is missing
 * @param servers those that were found
 * @param models the name of the model that a process computes, by the process's number
 */
public record MachineSample(
        Instant time,
        long nanos,
        GpuPicture picture,
        HostSample host,
        Map<Long, ProcessDetails> processes,
        List<ServerState> servers,
        Map<Long, String> models) {
    public MachineSample {
        processes = Map.copyOf(processes);
        servers = List.copyOf(servers);
        models = Map.copyOf(models);
    }

    /** Returns the host's memory. */
    public HostMemory memory() {
        return host.memory();
    }

    public List<GpuSample> gpus() {
        return picture.gpus();
    }

    /** Returns the processes on a GPU, those with the most memory first. */
    public List<GpuUser> users(GpuSample gpu) {
        List<GpuProcess> sorted = new ArrayList<>(gpu.processes().orElse(List.of()));
        sorted.sort((a, b) -> Long.compare(bytes(b), bytes(a)));
        List<GpuUser> users = new ArrayList<>();
        for (GpuProcess use : sorted) {
            ProcessDetails details = processes.get(use.pid());
            users.add(
                    new GpuUser(
                            gpu,
                            use,
                            details == null
                                    ? Reading.unsupported(
                                            "the process has ended, or runs where its number is"
                                                    + " another one (a container's)")
                                    : Reading.known(details),
                            model(use.pid())));
        }
        return users;
    }

    private Reading<String> model(long pid) {
        String name = models.get(pid);
        return name == null
                ? Reading.unsupported("no server that was found says that this process is its")
                : Reading.known(name);
    }

    private static long bytes(GpuProcess process) {
        return process.memory().isKnown() ? process.memory().value().count() : -1;
    }
}
