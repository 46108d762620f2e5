package dev.stoker.sim.engine;

import dev.stoker.base.Clock;
import dev.stoker.sim.physics.Box;
import dev.stoker.sim.physics.BoxMemory;
import dev.stoker.sim.physics.ModelSpec;
import dev.stoker.sim.physics.Placement;
import dev.stoker.sim.physics.Rates;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Loads models into the box's memory, and fails where the memory does not suffice.
 *
 * <p>On a machine with shared memory a load needs the model's bytes and, while it lasts, page cache
 * for the file that passes through it, which the GPU's driver can't take back in time. When that
 * runs out the load hangs; then the runner is killed, which an Ollama before 0.30 reports as {@code
 * EOF}. Where less than a reserve was left to the system, the driver does not recover: every later
 * load hangs and fails too, until the server restarts.
 *
 * <p>The engine's lock guards the state; the waits happen outside it. One load at a time.
 */
final class Loader {
    private static final long FIRST_PID = 5000;
    private static final long LEFT_FREE = 2L << 30;

    private final Box box;
    private final Clock clock;
    private final Faults faults;
    private final BoxMemory memory;
    private final ReentrantLock lock;
    private final Map<String, Integer> loads = new HashMap<>();
    private volatile boolean unstable;
    private volatile String cured = "";
    private volatile String worn = "";
    private int number;

    Loader(Box box, Clock clock, Faults faults, BoxMemory memory, ReentrantLock lock) {
        this.box = box;
        this.clock = clock;
        this.faults = faults;
        this.memory = memory;
        this.lock = lock;
    }

    boolean isUnstable() {
        return unstable;
    }

    void cure(boolean reboot) {
        unstable = false;
        remedy("restart");
        if (reboot) {
            loads.clear();
            worn = "";
        }
    }

    /** Applies a remedy: the cause that it is good for is over. */
    void remedy(String name) {
        String cause = faults.word(FaultKind.DEGRADE, "cause");
        if (Wear.remedy(cause).equals(name)) {
            cured = cause;
            worn = "";
        }
    }

    /**
     * Returns which cause of {@code degrade} can be seen at work now: that of the last load, or of
     * a fault that holds from the start; empty for none.
     */
    String wornBy() {
        if (!faults.isOn(FaultKind.DEGRADE)) {
            return "";
        }
        String cause = faults.word(FaultKind.DEGRADE, "cause");
        boolean always = faults.number(FaultKind.DEGRADE, "cycles") == 0;
        return always && !cured.equals(cause) ? cause : worn;
    }

    private Wear wear(ModelSpec model, int reloads) {
        Wear wear = Wear.of(faults, model, reloads);
        Wear now = wear.cause().equals(cured) ? Wear.NONE : wear;
        worn = now.cause();
        return now;
    }

    /** Where the model would go if it were loaded now. */
    Placement placement(ModelSpec model, int context, int gpuLayers) {
        int wanted = faults.isOn(FaultKind.CPU_FALLBACK) ? 0 : gpuLayers;
        return Placement.of(
                model,
                (long) context * box.server().slots(),
                box.gpus(),
                memory.gpuFree(clock.nanos()),
                box.server().spread(),
                wanted);
    }

    /** Returns the runner once it is ready. */
    Runner load(ModelSpec model, String shownName, int context, int gpuLayers, KeepAlive session)
            throws EngineFailure, InterruptedException {
        if (unstable) {
            pause(box.pressure().unstableSeconds());
            throw broken();
        }
        while (faults.isOn(FaultKind.HANG_LOAD)) {
            pause(0.5);
        }
        settle(model, context, gpuLayers);
        String id = model.name() + "#" + ++number;
        int before = loads.merge(model.name(), 1, Integer::sum) - 1;
        Wear wear = wear(model, before);
        int larger = wear.context(context, model.context());
        Placement placement;
        lock.lock();
        try {
            placement = wear.placement(placement(model, larger, gpuLayers), model);
            if (!memory.fits(placement, clock.nanos())) {
                throw tooLarge(placement);
            }
            memory.allocate(id, placement, clock.nanos());
        } finally {
            lock.unlock();
        }
        boolean ready = false;
        try {
            read(model, wear);
            ready = true;
        } finally {
            if (!ready) {
                drop(id);
            }
        }
        double decode = wear.decodeFactor(box, model, placement);
        double prompt = wear.promptFactor(box, model, placement);
        Rates rates = new Rates(box, model, placement, decode, prompt);
        int stuck = wear.cause().equals("offload") ? model.layers() - placement.onHost() : -1;
        return new Runner(
                id,
                FIRST_PID + number,
                model,
                shownName,
                larger,
                gpuLayers,
                stuck,
                placement,
                rates,
                session);
    }

    private void drop(String id) {
        lock.lock();
        try {
            memory.drop(id);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for memory that is still coming back from unloaded models: on shared memory always, as
     * the driver does one thing after the other; elsewhere if it would make the difference.
     */
    private void settle(ModelSpec model, int context, int gpuLayers) throws InterruptedException {
        while (true) {
            lock.lock();
            try {
                Placement placement = placement(model, context, gpuLayers);
                boolean roomy =
                        !box.sharesMemory()
                                && memory.fits(placement, clock.nanos())
                                && placement.onHost() == 0;
                if (roomy || !memory.isSettling(clock.nanos())) {
                    return;
                }
            } finally {
                lock.unlock();
            }
            pause(0.25);
        }
    }

    /**
     * Page cache that the load can't do without: the old generation and others read through it, the
     * new one reads directly.
     */
    private long staging(ModelSpec model) {
        boolean direct = box.server().kind() == Box.Kind.OLLAMA && box.server().isNew();
        return box.sharesMemory() && !direct
                ? Math.round(model.file().count() * box.pressure().cacheShare())
                : 0;
    }

    private void read(ModelSpec model, Wear wear) throws EngineFailure, InterruptedException {
        long file = model.file().count();
        long staging = staging(model);
        long room;
        long cached;
        lock.lock();
        try {
            room = memory.cacheRoom(clock.nanos());
            cached = memory.cached(model.digest());
        } finally {
            lock.unlock();
        }
        double seconds = Rates.loadSeconds(box, file, cached) * slowness() * wear.loadFactor();
        if (staging > room) {
            pause(seconds * room / staging);
            boolean starved = room < box.pressure().reserve().count();
            unstable = starved;
            pause(starved ? box.pressure().killSeconds() : box.pressure().hangSeconds());
            throw broken();
        }
        pause(seconds);
        lock.lock();
        try {
            memory.read(model.digest(), file, clock.nanos());
            if (wear.cause().equals("pagecache")) {
                fillCache(model);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Other files take nearly all that is free, which the driver does not take back. */
    private void fillCache(ModelSpec model) {
        long others = memory.cacheRoom(clock.nanos()) - memory.cached(model.digest()) - LEFT_FREE;
        if (others > 0) {
            memory.read("other files", others, clock.nanos());
        }
    }

    private double slowness() {
        return faults.isOn(FaultKind.SLOW_LOAD) ? faults.number(FaultKind.SLOW_LOAD, "factor") : 1;
    }

    private EngineFailure tooLarge(Placement placement) {
        long need = placement.total();
        long free = memory.gpuFree(clock.nanos()).stream().mapToLong(Long::longValue).sum();
        if (box.server().isNew()) {
            return new EngineFailure(
                    500,
                    String.format(
                            Locale.ROOT,
                            "llama-server process has terminated: exit status 1:"
                                + " ggml_backend_cuda_buffer_type_alloc_buffer: allocating %.2f MiB"
                                + " on device 0: cudaMalloc failed: out of memory\n"
                                + "alloc_tensor_range: failed to allocate CUDA0 buffer of size %d",
                            need / 1048576.0,
                            need));
        }
        return new EngineFailure(
                500,
                String.format(
                        Locale.ROOT,
                        "model requires more system memory (%.1f GiB) than is available (%.1f GiB)",
                        need / (double) (1L << 30),
                        free / (double) (1L << 30)));
    }

    private EngineFailure broken() {
        int port = 33_000 + Math.floorMod(number * 7919, 20_000);
        return new EngineFailure(
                500,
                box.server().isNew()
                        ? "llama-server process has terminated: signal: killed"
                        : "do load request: Post \"http://127.0.0.1:" + port + "/load\": EOF");
    }

    private void pause(double seconds) throws InterruptedException {
        clock.sleep(Duration.ofNanos((long) (seconds * 1e9)));
    }

    /** The bytes of all GPUs that the scheduler counts with. */
    List<Long> gpuFree() {
        return memory.gpuFree(clock.nanos());
    }
}
