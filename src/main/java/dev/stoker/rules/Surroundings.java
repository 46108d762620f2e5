package dev.stoker.rules;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.host.HostMemory;
import dev.stoker.http.Endpoint;
import dev.stoker.server.state.ServerState;
import dev.stoker.watch.ModelView;
import dev.stoker.watch.Moment;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What there is around models at one moment: which of the machine's GPUs can compute, and what room
 * these have. Used by one thread.
 */
final class Surroundings {
    private final Moment now;
    private final Map<Endpoint, ServerState> servers = new HashMap<>();

    Surroundings(Moment now) {
        this.now = now;
        now.machine().servers().forEach(server -> servers.put(server.endpoint(), server));
    }

    boolean isHere(ModelView model) {
        return now.isHere(model);
    }

    /**
     * Returns the GPUs that a server would use: not those that are lost or asleep, and not the
     * small ones inside processors, which servers leave alone unless they are told to use them.
     */
    List<GpuSample> gpus() {
        return now.machine().gpus().stream()
                .filter(gpu -> gpu.trouble().isEmpty())
                .filter(gpu ->
                        !gpu.device().unifiedMemory() || gpu.device().vendor() == GpuVendor.NVIDIA)
                .toList();
    }

    /** Returns what those GPUs have free, together. */
    Reading<Bytes> room() {
        Bytes sum = Bytes.ZERO;
        for (GpuSample gpu : gpus()) {
            Reading<Bytes> free = gpu.bytes(GpuMetric.MEMORY_FREE);
            if (gpu.device().unifiedMemory()) {
                return now.machine().memory().available();
            }
            if (!free.isKnown()) {
                return free;
            }
            sum = sum.plus(free.value());
        }
        return Reading.known(sum);
    }

    /** Returns whether every process that the drivers tell of is one that is seen here too. */
    boolean seesAllProcesses() {
        return now.machine().gpus().stream()
                .allMatch(gpu ->
                        gpu.processes().isKnown()
                                && gpu.processes().value().stream()
                                        .allMatch(process ->
                                                now.machine()
                                                        .processes()
                                                        .containsKey(process.pid())));
    }

    /** Returns the requests that a model computes now; of a server with one model the server's. */
    Reading<Long> running(ModelView model) {
        Reading<Long> own = model.state().work().running();
        ServerState server = servers.get(model.server());
        return own.isKnown() || server == null || server.models().orElse(List.of()).size() != 1
                ? own
                : server.work().running();
    }

    /** Returns the share of the host's memory that is in use, 0 to 1. */
    static Reading<Double> used(HostMemory host) {
        return !host.total().isKnown() || !host.available().isKnown()
                ? (host.total().isKnown() ? host.available() : host.total()).map(_ -> 0.0)
                : host.total().value().count() <= 0
                        ? Reading.failed("the host tells of no memory")
                        : Reading.known(
                                1
                                        - host.available().value().count()
                                                / (double) host.total().value().count());
    }
}
