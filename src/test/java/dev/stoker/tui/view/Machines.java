package dev.stoker.tui.view;

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
import dev.stoker.gpu.MigInstance;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.host.CpuUse;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSample;
import dev.stoker.host.ProcessDetails;
import dev.stoker.http.Endpoint;
import dev.stoker.machine.MachineSample;
import dev.stoker.rules.Alert;
import dev.stoker.rules.Judge;
import dev.stoker.rules.Thresholds;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;
import dev.stoker.server.state.Counters;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.ServerState;
import dev.stoker.server.state.ToldSettings;
import dev.stoker.server.state.Work;
import dev.stoker.tui.screen.Role;
import dev.stoker.watch.Event;
import dev.stoker.watch.MachineCourse;
import dev.stoker.watch.Moment;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Machines to draw: a desktop, a Jetson, eight H100 with one lost, one without a GPU. */
final class Machines {
    static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final String NOT_TOLD = "this GPU or its driver does not tell it";

    private final List<GpuSample> gpus = new ArrayList<>();
    private final Map<Long, ProcessDetails> processes = new HashMap<>();
    private final Map<Long, String> models = new HashMap<>();
    private final List<ServerState> servers = new ArrayList<>();
    private HostMemory memory = memory(64, 40, 20);
    private GpuTrouble none =
            new GpuTrouble(GpuTrouble.Kind.ABSENT, "There is no NVIDIA driver here.", "");
    private Instant time = NOON;
    private double load = 0.5;

    /** A desktop with two unequal GPUs and an Ollama that has a model on both and on the host. */
    static Machines desktop() {
        Machines m = new Machines();
        m.gpu(0, "NVIDIA GeForce RTX 4090", 24, 18.2, 87, 71, 312, 450, ThrottleReason.POWER_CAP);
        m.gpu(1, "NVIDIA GeForce GTX 1060 6GB", 6, 0.4, 2, 44, 10, 120, ThrottleReason.IDLE);
        m.process(4001, 0, 17.1, "ollama", "/usr/lib/ollama/llama-server --model /m/q.gguf", 1);
        m.process(1200, 0, 0.3, "anna", "/usr/lib/xorg/Xorg -core :0", 1);
        m.models.put(4001L, "qwen3:32b");
        m.ollama(
                m.model("qwen3:32b", 21.0, 17.1, 4001, 32768, 300),
                m.model("all-minilm:latest", 0.1, 0.1, 0, 512, 20));
        return m;
    }

    /** A Jetson: one GPU in the host's memory, of which little is told. */
    static Machines jetson() {
        Machines m = new Machines();
        m.memory = memory(122.8, 70, 50);
        GpuSample.Builder b =
                GpuSample.of(device(0, "NVIDIA Thor", true), NOON, 0)
                        .nothing(NOT_TOLD)
                        .put(GpuMetric.UTILISATION, 64)
                        .put(GpuMetric.CLOCK, 1.575e9);
        m.gpus.add(b.build());
        m.ollama(m.model("gpt-oss:120b", 61.4, 61.4, 0, 8192, 86_400L * 365 * 200));
        return m;
    }

    /** Eight H100: one is slowed by heat, one is lost, one is split. */
    static Machines h100() {
        Machines m = new Machines();
        m.memory = memory(2015, 1500, 900);
        for (int i = 0; i < 8; i++) {
            m.gpu(
                    i,
                    "NVIDIA H100 80GB HBM3",
                    79.6,
                    69.6 - i,
                    96 - i,
                    i == 2 ? 87 : 63,
                    612,
                    700,
                    i == 2 ? ThrottleReason.HARDWARE_THERMAL : ThrottleReason.POWER_CAP);
            m.process(7000 + i, i, 69.3 - i, "ml", "VLLM::Worker_TP" + i, 6999);
        }
        m.gpus.set(
                5,
                GpuSample.of(device(5, "NVIDIA H100 80GB HBM3", false), NOON, 0)
                        .nothing("the GPU is lost")
                        .trouble(
                                new GpuTrouble(
                                        GpuTrouble.Kind.LOST,
                                        "The GPU has fallen off the bus.",
                                        "Restart the machine."))
                        .build());
        m.gpus.set(
                7,
                m.gpus.get(7).toBuilder(m.gpus.get(7).device())
                        .instances(
                                List.of(
                                        part(0, "3g.40gb", 39.3, 21.0),
                                        part(1, "1g.10gb", 9.5, 0.5)))
                        .build());
        return m;
    }

    /** No GPU at all, and a server that is down. */
    static Machines bare() {
        Machines m = new Machines();
        m.servers.add(
                new ServerState(
                        Endpoint.parse("http://127.0.0.1:8080"),
                        Reading.failed("nothing answers"),
                        NOON,
                        0,
                        new Health.Unknown("it was not heard of in time"),
                        Reading.failed("nothing answers"),
                        Reading.failed("nothing answers"),
                        work(Reading.failed("nothing answers"), 0),
                        Counters.failed("nothing answers"),
                        settings()));
        return m;
    }

    /** What a name must not do to a screen. */
    static Machines hostile() {
        Machines m = new Machines();
        m.gpu(0, "模型模型模型模型模型模型模型模型模型模型模型", 24, 18.2, 87, 71, 312, 450, ThrottleReason.IDLE);
        String name = "🚀".repeat(40) + "e\u0301\u200d\u202e" + "x".repeat(400);
        m.process(1, 0, 1e7, "\u4f60".repeat(80), "模".repeat(500), 1);
        m.models.put(1L, name);
        m.ollama(m.model(name, 1e9, 1e9, 1, Long.MAX_VALUE / 2, -5));
        return m;
    }

    private static MigInstance part(int index, String name, double total, double used) {
        return new MigInstance(
                index,
                Reading.known(name),
                Reading.known("MIG-" + index),
                Reading.known(index),
                Reading.known(0),
                Reading.known(3),
                Reading.known(Bytes.gib(total)),
                Reading.known(Bytes.gib(used)));
    }

    private static GpuDevice device(int index, String name, boolean unified) {
        return new GpuDevice(
                index,
                Reading.known(name),
                Reading.known("GPU-" + index),
                Reading.known("0000:0" + index + ":00.0"),
                GpuVendor.NVIDIA,
                unified,
                Reading.known("580.65.06"));
    }

    private static HostMemory memory(double total, double available, double cache) {
        return new HostMemory(
                Reading.known(Bytes.gib(total)),
                Reading.known(Bytes.gib(available)),
                Reading.known(Bytes.gib(available - cache)),
                Reading.known(Bytes.gib(cache)),
                Reading.known(Bytes.gib(8)),
                Reading.known(Bytes.ZERO));
    }

    private void gpu(
            int index,
            String name,
            double total,
            double used,
            double util,
            double heat,
            double power,
            double limit,
            ThrottleReason reason) {
        gpus.add(
                GpuSample.of(device(index, name, false), NOON, 0)
                        .nothing(NOT_TOLD)
                        .put(GpuMetric.UTILISATION, util)
                        .put(GpuMetric.MEMORY_TOTAL, Bytes.gib(total).count())
                        .put(GpuMetric.MEMORY_USED, Bytes.gib(used).count())
                        .put(GpuMetric.TEMPERATURE, heat)
                        .put(GpuMetric.SLOWDOWN_TEMPERATURE, 87)
                        .put(GpuMetric.POWER, power)
                        .put(GpuMetric.POWER_LIMIT, limit)
                        .put(GpuMetric.CLOCK, 1.98e9)
                        .put(GpuMetric.CLOCK_MAX, 1.98e9)
                        .throttleReasons(Reading.known(EnumSet.of(reason)))
                        .processes(Reading.known(List.of()))
                        .build());
    }

    private void process(long pid, int gpu, double gib, String user, String command, long parent) {
        processes.put(
                pid,
                new ProcessDetails(
                        new HostProcess(pid, parent, "p", command),
                        Reading.known(user),
                        Reading.known(NOON.minusSeconds(4000)),
                        Reading.known(100.4),
                        Reading.known(Bytes.gib(3.9)),
                        Reading.known(Optional.empty())));
        GpuSample sample = gpus.get(gpu);
        List<GpuProcess> now = new ArrayList<>(sample.processes().value());
        now.add(
                new GpuProcess(
                        pid,
                        Set.of(GpuProcess.Kind.COMPUTE),
                        Reading.known(Bytes.gib(gib)),
                        Reading.known(84.0),
                        Reading.unsupported(NOT_TOLD),
                        Reading.unsupported(NOT_TOLD),
                        Reading.unsupported(NOT_TOLD),
                        OptionalInt.empty(),
                        OptionalInt.empty()));
        gpus.set(gpu, sample.toBuilder(sample.device()).processes(Reading.known(now)).build());
    }

    private static Work work(Reading<Long> running, long slots) {
        return new Work(
                running,
                running.isKnown() ? Reading.known(2L) : running,
                running.isKnown() ? Reading.known(slots) : running,
                running,
                Reading.unsupported("it is not told"));
    }

    private static ToldSettings settings() {
        Reading<Long> none = Reading.unsupported("it does not say");
        return new ToldSettings(none, none, none, Reading.unsupported("it does not say"));
    }

    private ModelState model(
            String name, double total, double onGpu, long pid, long context, long seconds) {
        return new ModelState(
                name,
                List.of(),
                new ModelCondition.Loaded(),
                Reading.known("sha256:abc"),
                Reading.known(Bytes.gib(total)),
                Reading.known(Bytes.gib(onGpu)),
                Reading.known(context),
                Reading.known(NOON.plusSeconds(seconds)),
                Reading.known("/m/q.gguf"),
                pid == 0 ? Reading.unsupported("its runner is not seen") : Reading.known(pid),
                Reading.unsupported("not asked"),
                pid == 0
                        ? work(Reading.unsupported("its runner is not seen"), 0)
                        : work(Reading.known(1L), 4),
                Counters.unsupported("Ollama counts nothing"));
    }

    private void ollama(ModelState... loaded) {
        Endpoint endpoint = Endpoint.parse("http://127.0.0.1:11434");
        servers.add(
                new ServerState(
                        endpoint,
                        Reading.known(
                                new ServerIdentity(
                                        ServerKind.OLLAMA,
                                        Reading.known("0.33.0"),
                                        endpoint,
                                        Optional.empty())),
                        NOON,
                        0,
                        new Health.Up(),
                        Reading.known(Duration.ofMillis(3)),
                        Reading.known(List.of(loaded)),
                        work(Reading.known(1L), 4),
                        Counters.unsupported("Ollama counts nothing"),
                        settings()));
    }

    MachineSample sample() {
        HostSample bare = HostSample.ofMemory(memory, time, nanos(), "not looked at");
        Reading<Double> busy = Reading.known(load);
        HostSample host =
                new HostSample(
                        time,
                        nanos(),
                        memory,
                        bare.hugePages(),
                        new CpuUse(
                                busy,
                                Reading.known(0.0),
                                Reading.known(0.0),
                                List.of(load, load, load, load),
                                Reading.known(2.5),
                                Reading.known(2.0),
                                Reading.known(1.0)),
                        bare.cpuPressure(),
                        bare.memoryPressure(),
                        bare.ioPressure(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        bare.limits());
        GpuReport report =
                gpus.isEmpty()
                        ? GpuReport.without("nvml", time, nanos(), none)
                        : new GpuReport(
                                "nvml",
                                time,
                                nanos(),
                                gpus,
                                Reading.known("580.65.06"),
                                Reading.known("13.0"),
                                Optional.empty());
        return new MachineSample(
                time,
                nanos(),
                new GpuPicture(
                        List.of(new GpuPicture.Part(report, Duration.ZERO, Optional.empty()))),
                host,
                processes,
                servers,
                models);
    }

    private long nanos() {
        return Duration.between(NOON, time).toNanos();
    }

    /** Returns the scene after so many seconds, in which use rises and falls. */
    Scene scene(int seconds) {
        MachineCourse course = new MachineCourse();
        Judge judge = new Judge(Thresholds.usual());
        History history = new History();
        Moment moment = course.next(sample());
        List<Alert> alerts = judge.judge(moment);
        history.add(moment);
        List<GpuSample> as = List.copyOf(gpus);
        for (int i = 1; i <= seconds; i++) {
            time = NOON.plusSeconds(i);
            load = i == seconds ? 0.5 : 0.5 + 0.4 * Math.sin(i / 9.0);
            for (int g = 0; g < gpus.size(); g++) {
                GpuSample then = as.get(g);
                Reading<Double> util = then.value(GpuMetric.UTILISATION);
                if (util.isKnown()) {
                    double now =
                            i == seconds ? util.value() : 50 + 45 * Math.sin((i + 20 * g) / 7.0);
                    gpus.set(
                            g,
                            then.toBuilder(then.device()).put(GpuMetric.UTILISATION, now).build());
                }
            }
            moment = course.next(sample());
            alerts = judge.judge(moment);
            history.add(moment);
        }
        return new Scene(
                "box",
                Optional.of(moment),
                alerts,
                history,
                List.of(
                        new Event(
                                NOON,
                                Event.Kind.MODEL_LOADED,
                                "qwen3:32b",
                                "is loaded, 21 GiB, context 32768")),
                time,
                "live",
                Role.GOOD,
                "");
    }
}
