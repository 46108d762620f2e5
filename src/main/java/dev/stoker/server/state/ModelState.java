package dev.stoker.server.state;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import java.time.Instant;
import java.util.List;

/**
 * A model that a server has in memory, loads, or failed to load.
 *
 * @param name as the server lists it
 * @param otherNames further names of the same model: a router's aliases
 * @param condition what it is doing
 * @param digest the server's digest of it
 * @param total bytes in all memories, by the server's own reckoning
 * @param onGpu those on GPUs, by the server's own reckoning
 * @param contextLength tokens a slot
 * @param expiresAt when the server will unload it by itself; centuries ahead for never. Ollama does
 *     not move it while a request runs, so it can lie in the past
 * @param file the path of its weights, as the server's host names it
 * @param runnerPid the process that computes it, on this host
 * @param slots its slots
 * @param work how much its runner has to do
 * @param counters what its runner counts; where a server counts for all models together, they are
 *     in the server's state
 */
public record ModelState(
        String name,
        List<String> otherNames,
        ModelCondition condition,
        Reading<String> digest,
        Reading<Bytes> total,
        Reading<Bytes> onGpu,
        Reading<Long> contextLength,
        Reading<Instant> expiresAt,
        Reading<String> file,
        Reading<Long> runnerPid,
        Reading<List<SlotState>> slots,
        Work work,
        Counters counters) {
    public ModelState {
        otherNames = List.copyOf(otherNames);
        slots = slots.map(List::copyOf);
    }

    /** Returns the share of its bytes that lie on GPUs, 0 to 1, by the server's own reckoning. */
    public Reading<Double> onGpuShare() {
        if (!total.isKnown() || !onGpu.isKnown()) {
            return (total.isKnown() ? onGpu : total).map(_ -> 0.0);
        }
        long all = total.value().count();
        long gpu = onGpu.value().count();
        return all <= 0 || gpu > all
                ? Reading.unsupported("the server says that more bytes lie on GPUs than there are")
                : Reading.known(gpu / (double) all);
    }
}
