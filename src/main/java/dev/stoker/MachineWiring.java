package dev.stoker;

import dev.stoker.base.Clock;
import dev.stoker.cli.MachineWatcher;
import dev.stoker.gpu.GpuCollector;
import dev.stoker.gpu.GpuSource;
import dev.stoker.gpu.find.GpuSources;
import dev.stoker.gpu.nvml.NvmlSource;
import dev.stoker.gpu.nvml.Rehearsal;
import dev.stoker.gpu.sysfs.SysTree;
import dev.stoker.host.HostSample;
import dev.stoker.host.HostSampler;
import dev.stoker.host.HostSource;
import dev.stoker.host.Hosts;
import dev.stoker.host.ProcHost;
import dev.stoker.host.ProcessSampler;
import dev.stoker.http.Endpoint;
import dev.stoker.http.HttpExchange;
import dev.stoker.machine.HostLook;
import dev.stoker.machine.MachineWatch;
import dev.stoker.machine.ServerLook;
import dev.stoker.server.ApiKey;
import dev.stoker.server.discovery.Discovery;
import dev.stoker.server.state.AskPolicy;
import dev.stoker.sim.SimGpus;
import dev.stoker.sim.SimHost;

import org.jspecify.annotations.Nullable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Picks the sources that this machine has. {@code STOKER_ROOT} names a folder with a recorded
 * {@code proc} and {@code sys}, which then stand in for the machine's own. {@code STOKER_SIM} names
 * a simulated box, whose GPUs, memory and server are then looked at instead. Stateless.
 */
final class MachineWiring implements MachineWatcher {
    private static final Duration QUICK = Duration.ofSeconds(1);

    private final Map<String, String> env;
    private final Path root;
    private final String box;
    private final Clock clock = Clock.system();
    private final @Nullable Function<Clock, GpuSource> nvml;

    MachineWiring(Map<String, String> env) {
        this(env, null);
    }

    private MachineWiring(Map<String, String> env, @Nullable Function<Clock, GpuSource> nvml) {
        this.nvml = nvml;
        this.env = Map.copyOf(env);
        String recorded = env.getOrDefault("STOKER_ROOT", "");
        this.root = Path.of(recorded.isBlank() ? "/" : recorded);
        this.box = env.getOrDefault("STOKER_SIM", "").strip();
    }

    @Override
    public MachineWatch open(Wanted wanted) {
        HostSource host = box.isEmpty() ? host() : new SimHost(simulated());
        List<String> named = wanted.servers();
        List<String> asked = named.isEmpty() && !box.isEmpty() ? List.of(box) : named;
        GpuCollector gpus = new GpuCollector(sources(host, wanted.pcieThroughput()), clock);
        gpus.request(); // The drivers start while the rest is made.
        ApiKey key =
                wanted.apiKeyEnv()
                        .map(name -> ApiKey.fromEnvironment(name, env))
                        .orElse(ApiKey.none());
        ServerLook look =
                new ServerLook(
                        Discovery.addresses(asked, env),
                        !asked.isEmpty(),
                        key,
                        host,
                        new AskPolicy(QUICK, false, wanted.llamaMetrics()),
                        clock);
        return new MachineWatch(
                gpus, hostLook(host, wanted.wholeHost()), processes(), processes(), look, clock);
    }

    @Override
    public HostSource hostOf(Endpoint server) {
        return !box.isEmpty()
                ? new SimHost(simulated())
                : root.equals(Path.of("/")) ? Hosts.of(server.host()) : host();
    }

    private HostLook hostLook(HostSource host, boolean whole) {
        if (!whole || !box.isEmpty()) {
            String why =
                    whole
                            ? "a simulated box tells only its memory"
                            : "only the memory was asked for";
            return () -> HostSample.ofMemory(host.memory(), clock.now(), clock.nanos(), why);
        }
        HostSampler sampler =
                new HostSampler(
                        root.resolve("proc"),
                        root.resolve("sys"),
                        ProcessHandle.current().pid(),
                        modelsFolder(),
                        clock);
        return new HostLook() {
            @Override
            public HostSample look() {
                return sampler.sample();
            }

            @Override
            public void close() {
                sampler.close();
            }
        };
    }

    /** Where Ollama keeps its models: as it is told, or where it or its service keeps them. */
    private Optional<Path> modelsFolder() {
        return Stream.of(
                        env.getOrDefault("OLLAMA_MODELS", ""),
                        "/usr/share/ollama/.ollama/models",
                        env.getOrDefault("HOME", "") + "/.ollama/models")
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> root.resolve(folder.substring(1)))
                .filter(Files::isDirectory)
                .findFirst();
    }

    private HostSource host() {
        return root.equals(Path.of("/"))
                ? Hosts.local()
                : new ProcHost(root.resolve("proc"), root.resolve("sys"));
    }

    private ProcessSampler processes() {
        return new ProcessSampler(root.resolve("proc"), root.resolve("sys"), root, clock);
    }

    private HttpExchange simulated() {
        return new HttpExchange(Endpoint.parse(box), clock);
    }

    /** Returns the sources of this machine's GPUs; none of them has been opened. */
    List<GpuSource> gpuSources() {
        return sources(host(), false);
    }

    private List<GpuSource> sources(HostSource host, boolean pcieThroughput) {
        if (!box.isEmpty()) {
            return List.of(new SimGpus(simulated(), clock));
        }
        return new GpuSources(
                        new SysTree(root), env, () -> nvml(pcieThroughput), host::memory, clock)
                .find();
    }

    private GpuSource nvml(boolean pcieThroughput) {
        return nvml == null ? new NvmlSource(env, root, clock, pcieThroughput) : nvml.apply(clock);
    }

    /** Looks at a machine with GPUs that do not exist; no driver and no server is asked. */
    static MachineWatcher rehearsal(Map<String, String> env) {
        Map<String, String> pretended = new HashMap<>(env);
        pretended.keySet().removeAll(List.of("STOKER_SIM", "STOKER_ROOT"));
        pretended.put("STOKER_NVML", "rehearsal");
        pretended.put("OLLAMA_HOST", "localhost:1");
        return new MachineWiring(pretended, Rehearsal::source);
    }
}
