package dev.stoker.watch;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.host.ProcessDetails;
import dev.stoker.http.Endpoint;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.Rates;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model of a server, seen from all sides: what its server says, what its runner did since the
 * look before, and what the GPUs and the kernel say of the process that computes it. Immutable.
 *
 * @param server where it is served
 * @param serverTitle the server's kind and version
 * @param state what the server says
 * @param rates what it did since; of a server with one model the server's own
 * @param gpuMemory what its processes hold of each GPU's memory, by the GPU's index, as the driver
 *     says; unknown where no GPU tells its processes or the model's process is not known
 * @param process the process that computes it
 */
public record ModelView(
        Endpoint server,
        String serverTitle,
        ModelState state,
        Rates rates,
        Reading<Map<Integer, Bytes>> gpuMemory,
        Reading<ProcessDetails> process) {
    public ModelView {
        gpuMemory = gpuMemory.map(m -> Collections.unmodifiableMap(new TreeMap<>(m)));
    }

    public String name() {
        return state.name();
    }

    /** Returns what its processes hold of all GPUs' memories, as the drivers say. */
    public Reading<Bytes> onGpus() {
        return gpuMemory.map(m -> Bytes.of(m.values().stream().mapToLong(Bytes::count).sum()));
    }
}
