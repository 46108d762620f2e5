package dev.stoker.rules;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSample;
import dev.stoker.host.Pressure;
import dev.stoker.host.ProcessDetails;
import dev.stoker.http.Endpoint;
import dev.stoker.machine.MachineSample;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;
import dev.stoker.server.state.Counter;
import dev.stoker.server.state.Counters;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.ServerState;
import dev.stoker.server.state.ToldSettings;
import dev.stoker.server.state.Work;
import dev.stoker.watch.MachineCourse;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A machine that a test sets up and changes, judged second by second. What a test does not say is
 * unknown. Used by one thread.
 */
final class Scene {
    static final Instant START = Instant.parse("2026-11-25T12:00:00Z");
    static final Endpoint OLLAMA = new Endpoint(false, "127.0.0.1", 11434, "");
    private static final String NOT_TOLD = "not told";

    private final Judge judge;
    private final MachineCourse course = new MachineCourse();
    private final Map<Integer, G> gpus = new LinkedHashMap<>();
    private final Map<Endpoint, S> servers = new LinkedHashMap<>();
    private final Map<Long, String> models = new HashMap<>();
    private final Map<Long, ProcessDetails> processes = new HashMap<>();
    private Optional<GpuTrouble> source = Optional.empty();
    private Reading<Bytes> total = none();
    private Reading<Bytes> available = none();
    private Reading<Bytes> swap = none();
    private Reading<Double> pressure = none();

    Scene() {
        this(Thresholds.usual());
    }

    Scene(Thresholds thresholds) {
        judge = new Judge(thresholds);
    }

    static <T> Reading<T> none() {
        return Reading.unsupported(NOT_TOLD);
    }

    /** A GPU whose figures stay as they are until a test changes them. */
    static final class G {
        private final int index;
        private final Map<GpuMetric, Double> values = new EnumMap<>(GpuMetric.class);
        private final List<GpuProcess> processes = new ArrayList<>();
        private Reading<Set<ThrottleReason>> reasons = none();
        private Reading<Boolean> tellsProcesses = Reading.known(true);
        private Optional<GpuTrouble> trouble = Optional.empty();
        private boolean unified;
        private GpuVendor vendor = GpuVendor.NVIDIA;

        private G(int index) {
            this.index = index;
        }

        G put(GpuMetric metric, double value) {
            values.put(metric, value);
            return this;
        }

        G no(GpuMetric metric) {
            values.remove(metric);
            return this;
        }

        G memory(double usedGib, double totalGib) {
            put(GpuMetric.MEMORY_USED, Bytes.gib(usedGib).count());
            put(GpuMetric.MEMORY_FREE, Bytes.gib(totalGib - usedGib).count());
            return put(GpuMetric.MEMORY_TOTAL, Bytes.gib(totalGib).count());
        }

        G reasons(ThrottleReason... these) {
            reasons = Reading.known(Set.of(these));
            return this;
        }

        G trouble(GpuTrouble.Kind kind) {
            trouble = Optional.of(new GpuTrouble(kind, "It is so.", "Do something."));
            return this;
        }

        G unified() {
            unified = true;
            return this;
        }

        G vendor(GpuVendor other) {
            vendor = other;
            return this;
        }

        G holds(long pid, double gib) {
            processes.add(
                    new GpuProcess(
                            pid,
                            Set.of(GpuProcess.Kind.COMPUTE),
                            Reading.known(Bytes.gib(gib)),
                            none(),
                            none(),
                            none(),
                            none(),
                            OptionalInt.empty(),
                            OptionalInt.empty()));
            return this;
        }

        G empty() {
            processes.clear();
            return this;
        }

        G withoutProcesses() {
            tellsProcesses = none();
            return this;
        }

        private GpuSample sample(Instant time, long nanos) {
            GpuDevice device =
                    new GpuDevice(
                            index,
                            Reading.known("GPU of a test"),
                            Reading.known("GPU-" + index),
                            none(),
                            vendor,
                            unified,
                            none());
            GpuSample.Builder sample = GpuSample.of(device, time, nanos);
            values.forEach(sample::put);
            trouble.ifPresent(sample::trouble);
            return sample.throttleReasons(reasons)
                    .processes(tellsProcesses.map(_ -> List.copyOf(processes)))
                    .build();
        }
    }

    /** A server whose state stays as it is until a test changes it. */
    static final class S {
        private final Endpoint endpoint;
        private final ServerKind kind;
        private final List<M> models = new ArrayList<>();
        private final Map<Counter, Double> counts = new EnumMap<>(Counter.class);
        private Health health = new Health.Up();
        private boolean known = true;
        private boolean tellsModels = true;
        Reading<Long> running = none();
        Reading<Long> waiting = none();
        Reading<Double> kvCache = none();

        private S(Endpoint endpoint, ServerKind kind) {
            this.endpoint = endpoint;
            this.kind = kind;
        }

        S is(Health other) {
            health = other;
            return this;
        }

        S stranger() {
            known = false;
            return this;
        }

        S withoutModels() {
            tellsModels = false;
            return this;
        }

        S running(long count) {
            running = Reading.known(count);
            return this;
        }

        S waiting(long count) {
            waiting = Reading.known(count);
            return this;
        }

        S kvCache(double share) {
            kvCache = Reading.known(share);
            return this;
        }

        S count(Counter counter, double value) {
            counts.put(counter, value);
            return this;
        }

        private ServerState state(Instant time, long nanos) {
            Map<Counter, Reading<Double>> values = new EnumMap<>(Counter.class);
            for (Counter counter : Counter.values()) {
                Double count = counts.get(counter);
                values.put(counter, count == null ? none() : Reading.known(count));
            }
            return new ServerState(
                    endpoint,
                    known
                            ? Reading.known(
                                    new ServerIdentity(kind, none(), endpoint, Optional.empty()))
                            : Reading.failed(NOT_TOLD),
                    time,
                    nanos,
                    health,
                    none(),
                    tellsModels
                            ? Reading.known(models.stream().map(M::state).toList())
                            : Reading.failed(NOT_TOLD),
                    new Work(running, waiting, none(), running, kvCache),
                    new Counters(values, Optional.empty()),
                    new ToldSettings(none(), none(), none(), none()));
        }
    }

    /** A model of a server. */
    static final class M {
        private final String name;
        ModelCondition condition = new ModelCondition.Loaded();
        Reading<Bytes> total = none();
        Reading<Bytes> onGpu = none();
        Reading<Long> pid = none();
        Reading<Long> running = none();

        private M(String name) {
            this.name = name;
        }

        M is(ModelCondition other) {
            condition = other;
            return this;
        }

        /** Tells how much of it lies on GPUs, by the server's word. */
        M says(double onGpuGib, double totalGib) {
            onGpu = Reading.known(Bytes.gib(onGpuGib));
            total = Reading.known(Bytes.gib(totalGib));
            return this;
        }

        M pid(long number) {
            pid = Reading.known(number);
            return this;
        }

        M running(long count) {
            running = Reading.known(count);
            return this;
        }

        private ModelState state() {
            return new ModelState(
                    name,
                    List.of(name + "-alias"),
                    condition,
                    none(),
                    total,
                    onGpu,
                    none(),
                    none(),
                    none(),
                    pid,
                    none(),
                    new Work(running, none(), none(), running, none()),
                    new S(OLLAMA, ServerKind.OLLAMA).state(START, 0).counters());
        }
    }

    G gpu(int index) {
        return gpus.computeIfAbsent(index, G::new);
    }

    S server(ServerKind kind) {
        return servers.computeIfAbsent(OLLAMA, at -> new S(at, kind));
    }

    S server(Endpoint endpoint, ServerKind kind) {
        return servers.computeIfAbsent(endpoint, at -> new S(at, kind));
    }

    /** Adds a model to the Ollama of this machine. */
    M model(String name) {
        M model = new M(name);
        server(ServerKind.OLLAMA).models.add(model);
        return model;
    }

    /** Adds a model to an Ollama at an address. */
    M modelOf(Endpoint endpoint, String name) {
        M model = new M(name);
        server(endpoint, ServerKind.OLLAMA).models.add(model);
        return model;
    }

    /** Makes a process visible. */
    Scene sees(long pid) {
        processes.put(
                pid,
                new ProcessDetails(
                        new HostProcess(pid, 1, "runner", "runner"),
                        none(),
                        none(),
                        none(),
                        none(),
                        none()));
        return this;
    }

    /** Makes a process visible that computes a model. */
    Scene computes(long pid, String model) {
        models.put(pid, model);
        return sees(pid);
    }

    Scene host(double availableGib, double totalGib) {
        available = Reading.known(Bytes.gib(availableGib));
        total = Reading.known(Bytes.gib(totalGib));
        return this;
    }

    Scene swap(Bytes used) {
        swap = Reading.known(used);
        return this;
    }

    Scene memoryPressure(double share) {
        pressure = Reading.known(share);
        return this;
    }

    Scene source(GpuTrouble.Kind kind) {
        source = Optional.of(new GpuTrouble(kind, "The driver is so.", ""));
        return this;
    }

    /** Returns the alerts at a second. */
    List<Alert> alerts(double second) {
        long nanos = Math.round(second * 1e9);
        Instant time = START.plusNanos(nanos);
        GpuReport report =
                new GpuReport(
                        "NVML",
                        time,
                        nanos,
                        gpus.values().stream().map(gpu -> gpu.sample(time, nanos)).toList(),
                        none(),
                        none(),
                        source);
        HostSample empty =
                HostSample.ofMemory(
                        new HostMemory(total, available, none(), none(), none(), swap),
                        time,
                        nanos,
                        NOT_TOLD);
        HostSample host =
                new HostSample(
                        time,
                        nanos,
                        empty.memory(),
                        empty.hugePages(),
                        empty.cpu(),
                        empty.cpuPressure(),
                        new Pressure(pressure, pressure),
                        empty.ioPressure(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        empty.limits());
        return judge.judge(
                course.next(
                        new MachineSample(
                                time,
                                nanos,
                                new GpuPicture(
                                        List.of(
                                                new GpuPicture.Part(
                                                        report, Duration.ZERO, Optional.empty()))),
                                host,
                                processes,
                                servers.values().stream().map(s -> s.state(time, nanos)).toList(),
                                models)));
    }

    /** Returns the alerts at a second as {@code severity rule subject}. */
    List<String> at(double second) {
        return alerts(second).stream()
                .map(a -> a.severity().code() + " " + a.rule().code() + " " + a.subject())
                .toList();
    }

    /** Lets it go on, a look a second; returns the last. */
    List<String> from(int first, int last) {
        List<String> found = List.of();
        for (int second = first; second <= last; second++) {
            found = at(second);
        }
        return found;
    }
}
