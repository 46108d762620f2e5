package dev.stoker.sim.engine;

import dev.stoker.base.Clock;
import dev.stoker.sim.physics.Box;
import dev.stoker.sim.physics.BoxMemory;
import dev.stoker.sim.physics.GpuHeat;
import dev.stoker.sim.physics.ModelSpec;
import dev.stoker.sim.physics.Placement;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The simulated model server behind every protocol: which models are loaded, who may use them, who
 * has to go. The rules are those of Ollama's scheduler: one load at a time; loaded models keep
 * serving; the victim is the idle model with the shortest keep-alive, then the lowest blob path; a
 * further model must fit beside the others (before 0.30 in the memory available, from 0.30 in 80 %
 * of it, predicted generously), while the first one is never checked.
 *
 * <p>Nothing runs in the background: what time has brought (a model that expired, memory that came
 * back) is worked out when somebody asks. Thread-safe; waits end with the interruption of the
 * waiting thread.
 */
public final class Engine {
    private static final double NEW_SHARE = 0.8;

    /** Ollama waits so long for the memory of a model that it has evicted, then goes on. */
    private static final double RECOVERY_SECONDS = 5;

    private final Box box;
    private final Clock clock;
    private final Faults faults;
    private final BoxMemory memory;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private final Map<String, Runner> runners = new TreeMap<>();
    private final List<Runner> leaving = new ArrayList<>();
    private final Loader loader;
    private final Counters counters = new Counters();
    private final List<GpuHeat> heats;
    private int waiting;
    private boolean loading;
    private int restarts;
    private boolean down;

    public Engine(Box box, Clock clock, Faults faults) {
        this.box = box;
        this.clock = clock;
        this.faults = faults;
        this.memory = new BoxMemory(box);
        this.loader = new Loader(box, clock, faults, memory, lock);
        this.heats =
                box.gpus().stream().map(gpu -> new GpuHeat(gpu.chip(), clock.nanos())).toList();
    }

    public Box box() {
        return box;
    }

    public Clock clock() {
        return clock;
    }

    public Faults faults() {
        return faults;
    }

    public Counters counters() {
        return counters;
    }

    /** Gets the right to use a model, which is loaded if need be. */
    public Lease acquire(ModelSpec model, String shownName, Ask ask)
            throws EngineFailure, InterruptedException {
        if (faults.isOn(FaultKind.BUSY_503)) {
            throw busy();
        }
        long start = clock.nanos();
        lock.lock();
        try {
            while (true) {
                expire();
                Runner runner = runners.get(model.digest());
                if (runner != null && !runner.leaving && suits(runner, ask)) {
                    runner.active++;
                    if (ask.keepAlive().given()) {
                        runner.session = ask.keepAlive();
                    }
                    return new Lease(this, runner, clock.nanos() - start);
                }
                if (!loading) {
                    break;
                }
                if (waiting >= box.server().queue()) {
                    throw busy();
                }
                waiting++;
                try {
                    changed.await();
                } finally {
                    waiting--;
                }
            }
            loading = true;
        } finally {
            lock.unlock();
        }
        try {
            Runner runner = load(model, shownName, ask);
            return new Lease(this, runner, clock.nanos() - start);
        } finally {
            endLoading();
        }
    }

    private void endLoading() {
        lock.lock();
        try {
            loading = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Runner load(ModelSpec model, String shownName, Ask ask)
            throws EngineFailure, InterruptedException {
        int context = contextOf(model, ask);
        int epoch = restarts();
        makeRoom(model, context, ask.gpuLayers());
        KeepAlive session =
                ask.keepAlive().given()
                        ? ask.keepAlive()
                        : KeepAlive.seconds(box.server().keepAliveSeconds());
        Runner runner = loader.load(model, shownName, context, ask.gpuLayers(), session);
        lock.lock();
        try {
            if (epoch != restarts) {
                throw new InterruptedException("the server has restarted");
            }
            runner.active = 1;
            runner.expiresNanos = runner.session.expiry(clock.nanos());
            runners.put(model.digest(), runner);
            return runner;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Unloads what stands in the way: the same model with other options, one too many, or those
     * that it does not fit beside.
     */
    private void makeRoom(ModelSpec model, int context, int gpuLayers) throws InterruptedException {
        long recovered = Long.MIN_VALUE;
        while (true) {
            lock.lock();
            try {
                expire();
                Runner same = runners.get(model.digest());
                if (same != null) {
                    goAway(same);
                    recovered = recovery();
                } else if (leaving.isEmpty()
                        && !(memory.isSettling(clock.nanos()) && clock.nanos() < recovered)) {
                    boolean tooMany = runners.size() >= box.mostLoaded();
                    if (runners.isEmpty() || (!tooMany && fitsBeside(model, context, gpuLayers))) {
                        return;
                    }
                    if (tooMany || !memory.isSettling(clock.nanos())) {
                        goAway(victim());
                        recovered = recovery();
                    }
                }
            } finally {
                lock.unlock();
            }
            pause(0.05);
        }
    }

    private long recovery() {
        return clock.nanos() + (long) ((box.speeds().unloadSeconds() + RECOVERY_SECONDS) * 1e9);
    }

    private boolean fitsBeside(ModelSpec model, int context, int gpuLayers) {
        if (box.gpus().isEmpty()) {
            return true;
        }
        long available = loader.gpuFree().stream().mapToLong(Long::longValue).sum();
        if (box.sharesMemory()) {
            available = loader.gpuFree().getFirst();
        }
        if (box.server().isNew()) {
            long predicted =
                    model.file().count()
                            + model.kvBytesPerToken() * context * box.server().slots()
                            + (768L << 20);
            return predicted <= NEW_SHARE * available;
        }
        Placement placement = loader.placement(model, context, gpuLayers);
        return placement.onHost() == 0 && placement.onGpus() <= available;
    }

    private Runner victim() {
        List<Runner> sorted =
                runners.values().stream()
                        .sorted(
                                Comparator.comparingLong((Runner r) -> r.session.nanos())
                                        .thenComparing(r -> r.model.digest()))
                        .toList();
        return sorted.stream().filter(r -> r.active == 0).findFirst().orElse(sorted.getFirst());
    }

    /** Lets a runner go as soon as it is idle. Needs the lock. */
    private void goAway(Runner runner) throws InterruptedException {
        while (runner.active > 0) {
            changed.await();
        }
        if (!runner.leaving && runners.remove(runner.model.digest(), runner)) {
            runner.leaving = true;
            runner.goneNanos = clock.nanos() + (long) (box.speeds().unloadSeconds() * 1e9);
            runner.expiresNanos = Math.min(runner.expiresNanos, clock.nanos());
            leaving.add(runner);
            memory.free(runner.id, runner.model.keeps().count(), runner.goneNanos);
        }
        changed.signalAll();
    }

    /** Works out what time has brought. Needs the lock. */
    private void expire() {
        long now = clock.nanos();
        leaving.removeIf(r -> r.goneNanos <= now);
        for (Runner runner : List.copyOf(runners.values())) {
            if (runner.active == 0 && runner.expiresNanos <= now) {
                runners.remove(runner.model.digest());
                runner.leaving = true;
                long since = Math.max(runner.expiresNanos, 0);
                runner.goneNanos = since + (long) (box.speeds().unloadSeconds() * 1e9);
                memory.free(runner.id, runner.model.keeps().count(), runner.goneNanos);
                if (runner.goneNanos > now) {
                    leaving.add(runner);
                }
            }
        }
    }

    private boolean suits(Runner runner, Ask ask) {
        boolean context =
                ask.context() <= 0
                        || Math.min(ask.context(), runner.model.context()) == runner.context;
        boolean layers = ask.gpuLayers() < 0 || ask.gpuLayers() == runner.gpuLayers;
        return context && layers;
    }

    private int contextOf(ModelSpec model, Ask ask) {
        return Math.min(
                model.context(),
                ask.context() > 0 ? Math.max(4, ask.context()) : box.server().context());
    }

    void giveBack(Runner runner) {
        lock.lock();
        try {
            runner.active--;
            runner.expiresNanos = runner.session.expiry(clock.nanos());
            expire();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Unloads a model as soon as it is idle; returns at once. */
    public void unload(ModelSpec model) {
        lock.lock();
        try {
            Runner runner = runners.get(model.digest());
            if (runner != null) {
                runner.session = KeepAlive.seconds(0);
                runner.expiresNanos = clock.nanos();
            }
            expire();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns what the server lists as loaded, longest remaining first. */
    public List<Resident> residents() {
        lock.lock();
        try {
            expire();
            long now = clock.nanos();
            List<Runner> all = new ArrayList<>(runners.values());
            all.addAll(leaving);
            all.sort(Comparator.comparingLong((Runner r) -> -r.expiresNanos));
            return all.stream()
                    .map(r ->
                            new Resident(
                                    r.model,
                                    r.placement.total(),
                                    r.placement.onGpus(),
                                    r.context,
                                    r.expiresNanos == Long.MAX_VALUE
                                            ? Double.POSITIVE_INFINITY
                                            : (r.expiresNanos - now) / 1e9,
                                    r.active,
                                    r.pid,
                                    r.model.layers() - r.placement.onHost(),
                                    r.command()))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the loaded model that serves requests without a name, if there is one. */
    public Optional<Resident> resident(ModelSpec model) {
        return residents().stream().filter(r -> r.model().name().equals(model.name())).findFirst();
    }

    /** Generates an answer, each token when it is due. */
    public Result generate(Lease lease, Job job, TokenSink sink)
            throws BrokenStream, InterruptedException, IOException {
        Result result = new Generation(this, lease.runner(), job).run(sink);
        counters.add(result);
        return result;
    }

    /** Waits for one of the runner's slots; returns how many are then in use. Needs no lock. */
    int takeSlot(Runner runner) throws InterruptedException {
        lock.lock();
        try {
            while (runner.slotsUsed >= box.server().slots()) {
                changed.await();
            }
            int used = ++runner.slotsUsed;
            heat();
            return used;
        } finally {
            lock.unlock();
        }
    }

    void leaveSlot(Runner runner) {
        lock.lock();
        try {
            runner.slotsUsed--;
            heat();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Notes which GPUs work from now on. Needs the lock. */
    private void heat() {
        long now = clock.nanos();
        for (int i = 0; i < heats.size(); i++) {
            double load = 0;
            for (Runner runner : runners.values()) {
                load += runner.slotsUsed > 0 ? runner.rates.gpuShares().get(i) : 0;
            }
            heats.get(i).set(load, now);
        }
    }

    /** Returns what the sensors of the GPUs tell, in the box's order. */
    public List<GpuHeat.State> gpus() {
        lock.lock();
        try {
            expire();
            return heats.stream().map(heat -> heat.state(clock.nanos())).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Returns what each loaded model holds of each GPU, in bytes, by the model's name. */
    public Map<String, List<Long>> holders() {
        lock.lock();
        try {
            expire();
            Map<String, List<Long>> held = new TreeMap<>();
            runners.values().forEach(r -> held.put(r.model.name(), r.placement.gpuBytes()));
            return held;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many characters of a prompt the runner's caches hold. */
    int sharedPrefix(Runner runner, String prompt) {
        lock.lock();
        try {
            return runner.sharedPrefix(prompt);
        } finally {
            lock.unlock();
        }
    }

    /** Returns requests under way and requests that wait for a slot or a load, of all models. */
    public Load load() {
        lock.lock();
        try {
            int running = runners.values().stream().mapToInt(r -> r.slotsUsed).sum();
            int active = runners.values().stream().mapToInt(r -> r.active).sum();
            return new Load(running, Math.max(0, active - running) + waiting);
        } finally {
            lock.unlock();
        }
    }

    /** Requests under way and waiting. */
    public record Load(int running, int waiting) {}

    /** Returns the books of the memory. */
    public BoxMemory.Books books() {
        lock.lock();
        try {
            expire();
            return memory.books(clock.nanos());
        } finally {
            lock.unlock();
        }
    }

    public void resetPeak() {
        lock.lock();
        try {
            expire();
            memory.resetPeak(clock.nanos());
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether the server process is down because it restarts. */
    public boolean isDown() {
        lock.lock();
        try {
            return down;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether memory ran out so far that loads fail until a restart. */
    public boolean isUnstable() {
        return loader.isUnstable();
    }

    /** Returns which cause of {@code degrade} can be seen at work now; empty for none. */
    public String wornBy() {
        return loader.wornBy();
    }

    /**
     * Applies a remedy of the machine: {@code drop-caches}, {@code compact}, {@code respawn},
     * {@code restart} or {@code recreate}.
     */
    public void remedy(String name) throws InterruptedException {
        if (name.equals("drop-caches")) {
            lock.lock();
            try {
                memory.dropCaches();
            } finally {
                lock.unlock();
            }
        }
        if (name.equals("restart") || name.equals("recreate")) {
            restart(false);
        }
        loader.remedy(name);
    }

    public int restarts() {
        lock.lock();
        try {
            return restarts;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Restarts the server: everything is unloaded, what it kept comes back; a reboot of the machine
     * also ends wear.
     */
    public void restart(boolean reboot) throws InterruptedException {
        lock.lock();
        try {
            down = true;
            runners.clear();
            heat();
            leaving.clear();
            memory.restartServer();
            loader.cure(reboot);
            counters.clear();
            restarts++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            pause(box.speeds().restartSeconds());
        } finally {
            comeUp();
        }
    }

    private void comeUp() {
        lock.lock();
        try {
            down = false;
        } finally {
            lock.unlock();
        }
    }

    void pause(double seconds) throws InterruptedException {
        clock.sleep(Duration.ofNanos((long) (seconds * 1e9)));
    }

    private static EngineFailure busy() {
        return new EngineFailure(
                503, "server busy, please try again.  maximum pending requests exceeded");
    }
}
