package dev.stoker.sim.physics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The books of a box's memory: what the system, other software, the model server and the page cache
 * hold. Always: system + other + server + page cache + free = total, and nothing is negative.
 *
 * <p>Time comes in as an argument, because memory of an unloaded model comes back little by little.
 * Not safe for several threads: the engine's lock guards it.
 */
public final class BoxMemory {
    private final Box box;
    private final Map<String, Holding> holdings = new HashMap<>();
    private final List<Leaving> leaving = new ArrayList<>();
    private final Map<String, Long> cache = new LinkedHashMap<>();
    private long retained;
    private long peak;

    public BoxMemory(Box box) {
        this.box = box;
    }

    private record Holding(long hostBytes, List<Long> gpuBytes) {}

    /** Memory that comes back from a moment on, at a rate in bytes a second. */
    private record Leaving(long hostBytes, List<Long> gpuBytes, long startNanos, double rate) {
        double left(long now) {
            double gone = Math.max(0, now - startNanos) / 1e9 * rate;
            double all = hostBytes + gpuBytes.stream().mapToLong(Long::longValue).sum();
            return all <= 0 ? 0 : Math.max(0, 1 - gone / all);
        }
    }

    /** The books at one moment, in bytes. */
    public record Books(
            long total,
            long system,
            long other,
            long server,
            long cache,
            long free,
            long retained,
            long peak,
            List<Long> gpuUsed) {

        /** What new programs could have: all that is free and all of the page cache. */
        public long available() {
            return free + cache;
        }
    }

    /** Returns what the host has beside the system and other software. */
    public long budget() {
        return box.host().memory().count()
                - box.host().system().count()
                - box.host().other().count();
    }

    /** Returns the bytes of the host's memory that the model server holds. */
    public long server(long now) {
        double sum = retained;
        for (Holding h : holdings.values()) {
            sum += hostPart(h.hostBytes(), h.gpuBytes());
        }
        for (Leaving l : leaving) {
            sum += hostPart(l.hostBytes(), l.gpuBytes()) * l.left(now);
        }
        return Math.round(sum);
    }

    private long hostPart(long host, List<Long> gpus) {
        long sum = host;
        for (int i = 0; i < gpus.size(); i++) {
            sum += box.gpus().get(i).shared() ? gpus.get(i) : 0;
        }
        return sum;
    }

    /** Returns the bytes a GPU that may still be taken; of a shared one what the host has left. */
    public List<Long> gpuFree(long now) {
        List<Long> free = new ArrayList<>();
        for (int i = 0; i < box.gpus().size(); i++) {
            Box.Gpu gpu = box.gpus().get(i);
            free.add(
                    gpu.shared()
                            ? Math.max(0, budget() - server(now))
                            : Math.max(
                                    0,
                                    gpu.memory().count()
                                            - gpu.reserved().count()
                                            - gpuUsed(i, now)));
        }
        return free;
    }

    private long gpuUsed(int gpu, long now) {
        double sum = 0;
        for (Holding h : holdings.values()) {
            sum += h.gpuBytes().get(gpu);
        }
        for (Leaving l : leaving) {
            sum += l.gpuBytes().get(gpu) * l.left(now);
        }
        return Math.round(sum);
    }

    /** Returns whether a placement can be allocated now, the page cache given up where needed. */
    public boolean fits(Placement placement, long now) {
        List<Long> free = gpuFree(now);
        for (int i = 0; i < free.size(); i++) {
            if (!box.gpus().get(i).shared() && placement.gpuBytes().get(i) > free.get(i)) {
                return false;
            }
        }
        return hostPart(placement.hostBytes(), placement.gpuBytes()) <= budget() - server(now);
    }

    /**
     * Takes the memory of a runner; the caller has asked {@link #fits}. The page cache makes room.
     */
    public void allocate(String id, Placement placement, long now) {
        if (!fits(placement, now)) {
            throw new IllegalStateException("there is no room for " + id);
        }
        if (holdings.putIfAbsent(id, new Holding(placement.hostBytes(), placement.gpuBytes()))
                != null) {
            throw new IllegalStateException(id + " holds memory already");
        }
        peak = Math.max(peak, server(now));
        shrinkCache(now, "");
    }

    /**
     * Lets the memory of a runner come back from a moment on, all but what the server process
     * keeps.
     *
     * @param keeps bytes that only a restart gives back
     */
    public void free(String id, long keeps, long startNanos) {
        Holding h = holdings.remove(id);
        if (h == null) {
            return;
        }
        settle(startNanos);
        long host = hostPart(h.hostBytes(), h.gpuBytes());
        long kept = Math.clamp(keeps, 0, host);
        retained += kept;
        List<Long> gpus = new ArrayList<>();
        long ofShared = 0;
        for (int i = 0; i < h.gpuBytes().size(); i++) {
            boolean shared = box.gpus().get(i).shared();
            gpus.add(shared ? 0L : h.gpuBytes().get(i));
            ofShared += shared ? h.gpuBytes().get(i) : 0;
        }
        leaving.add(
                new Leaving(
                        h.hostBytes() + ofShared - kept, gpus, startNanos, box.speeds().release()));
    }

    /** Takes a runner's memory away at once, as when it is killed. */
    public void drop(String id) {
        holdings.remove(id);
    }

    private void settle(long now) {
        leaving.removeIf(l -> l.left(now) <= 0);
    }

    /** Returns whether memory of unloaded models is still coming back. */
    public boolean isSettling(long now) {
        settle(now);
        return !leaving.isEmpty();
    }

    /** Returns the bytes of a file that are in the page cache. */
    public long cached(String file) {
        return cache.getOrDefault(file, 0L);
    }

    /**
     * Notes that a file has been read: it stays in the page cache as far as there is room, older
     * files go first.
     */
    public void read(String file, long bytes, long now) {
        cache.remove(file);
        cache.put(file, bytes);
        shrinkCache(now, file);
    }

    /** Gives all page cache up. */
    public void dropCaches() {
        cache.clear();
    }

    /** Returns how much page cache there may be now. */
    public long cacheRoom(long now) {
        return Math.max(0, budget() - server(now));
    }

    private void shrinkCache(long now, String spared) {
        long over = cache.values().stream().mapToLong(Long::longValue).sum() - cacheRoom(now);
        for (String file : List.copyOf(cache.keySet())) {
            if (over <= 0) {
                return;
            }
            if (!file.equals(spared) || cache.size() == 1) {
                long bytes = cache.getOrDefault(file, 0L);
                long taken = Math.min(bytes, over);
                over -= taken;
                if (taken == bytes) {
                    cache.remove(file);
                } else {
                    cache.put(file, bytes - taken);
                }
            }
        }
    }

    /** The server process ends: all that it holds comes back, the page cache stays. */
    public void restartServer() {
        holdings.clear();
        leaving.clear();
        retained = 0;
    }

    public void resetPeak(long now) {
        peak = server(now);
    }

    /** Returns the books. */
    public Books books(long now) {
        long server = server(now);
        long cached =
                Math.min(cacheRoom(now), cache.values().stream().mapToLong(Long::longValue).sum());
        Box.Host host = box.host();
        List<Long> gpus = new ArrayList<>();
        for (int i = 0; i < box.gpus().size(); i++) {
            gpus.add(
                    box.gpus().get(i).shared()
                            ? server
                            : box.gpus().get(i).reserved().count() + gpuUsed(i, now));
        }
        long free =
                host.memory().count()
                        - host.system().count()
                        - host.other().count()
                        - server
                        - cached;
        return new Books(
                host.memory().count(),
                host.system().count(),
                host.other().count(),
                server,
                cached,
                free,
                retained,
                Math.max(peak, server),
                List.copyOf(gpus));
    }
}
