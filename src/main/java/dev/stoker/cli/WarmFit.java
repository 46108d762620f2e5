package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.http.Endpoint;
import dev.stoker.machine.MachineSample;
import dev.stoker.machine.MachineWatch;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.llama.LlamaFit;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.memory.ollama.OllamaBelief;
import dev.stoker.plan.Engine;
import dev.stoker.plan.LlamaEstimate;
import dev.stoker.plan.ModelPlan;
import dev.stoker.plan.Planner;
import dev.stoker.plan.calibrate.HostOverheads;
import dev.stoker.plan.device.Box;
import dev.stoker.plan.device.ComputeDevice;
import dev.stoker.plan.pack.Demand;
import dev.stoker.plan.pack.Packer;
import dev.stoker.plan.pack.Packing;
import dev.stoker.plan.source.LaunchedSettings;
import dev.stoker.plan.source.ModelFinder;
import dev.stoker.plan.speed.Calibration;
import dev.stoker.server.ApiKey;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.ServerKind;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.ServerState;
import dev.stoker.warm.Desired;
import dev.stoker.warm.Room;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Plans whether models stay together on a server of this host, before anything is loaded. Where
 * that can't be planned it says why, and nothing is refused. Used by one thread.
 */
final class WarmFit {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final MachineWatcher machines;
    private final ServerFinder finder;
    private final Map<String, String> env;
    private final Optional<String> keyName;
    private final Terminal terminal;

    WarmFit(
            MachineWatcher machines,
            ServerFinder finder,
            Map<String, String> env,
            @Nullable String keyName,
            Terminal terminal) {
        this.machines = machines;
        this.finder = finder;
        this.env = env;
        this.keyName = Optional.ofNullable(keyName);
        this.terminal = terminal;
    }

    /**
     * Returns whether models have room together on a server.
     *
     * @param shown takes the plan, lines for a person
     */
    Room room(Endpoint endpoint, List<Desired> models, Consumer<List<String>> shown) {
        try {
            InferenceServer server = finder.find(List.of(endpoint.url()), keyName);
            if (server.identity().simulated().isPresent()
                    && env.getOrDefault("STOKER_SIM", "").isBlank()) {
                return Room.unknown(); // This machine is not the simulated one.
            }
            boolean gguf =
                    server.identity().kind() == ServerKind.OLLAMA
                            || server.identity().kind() == ServerKind.LLAMA_ROUTER;
            if (!gguf || !machines.hostOf(endpoint).isLocal()) {
                return Room.unknown();
            }
            return planned(server, endpoint, models, shown);
        } catch (UserError e) {
            shown.accept(List.of("What fits can't be planned: " + e.sentence()));
            return Room.unknown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Room.unknown();
        }
    }

    private Room planned(
            InferenceServer server,
            Endpoint endpoint,
            List<Desired> models,
            Consumer<List<String>> shown)
            throws InterruptedException {
        MachineSample sample;
        try (MachineWatch watch =
                machines.open(
                        new MachineWatcher.Wanted(
                                List.of(endpoint.url()), keyName, false, false))) {
            sample = watch.look(PATIENCE);
        }
        Overheads overheads = HostOverheads.here(ResultsFolder.data(env));
        Box now = new PlanHardware().here(sample, env);
        List<OllamaBelief.Loaded> loaded = LoadedModels.of(sample, now);
        ModelFinder source =
                new ModelFinder(
                        env,
                        () -> Optional.of(server),
                        true,
                        keyName.map(name -> ApiKey.fromEnvironment(name, env))
                                .orElse(ApiKey.none()));
        Planner planner = new Planner(overheads, LlamaFit.TARGET, Calibration.NONE);
        Map<String, ModelPlan> plans = new LinkedHashMap<>();
        for (Desired model : models) {
            plans.put(model.model(), plan(planner, source, model, server, now, loaded));
        }
        Box emptied = emptied(now, sample);
        show(plans, emptied, overheads, sample, shown);
        return new Planned(plans, new Packer(new LlamaEstimate(overheads)), emptied.memories());
    }

    private ModelPlan plan(
            Planner planner,
            ModelFinder source,
            Desired model,
            InferenceServer server,
            Box box,
            List<OllamaBelief.Loaded> loaded) {
        LlamaSettings.Builder settings = LlamaSettings.defaults().toBuilder().parallel(1);
        model.options().contextLength().ifPresent(settings::context);
        ModelFinder.Found found = source.find(model.model());
        if (server.identity().kind() != ServerKind.OLLAMA) {
            LlamaSettings launched =
                    found.arguments().isEmpty()
                            ? settings.build()
                            : LaunchedSettings.of(found.arguments());
            return planner.llamaServer(
                    found.model(), launched, box.devices(), OptionalLong.empty());
        }
        OllamaBelief.Request request =
                new PlanSettings().ollama(env).withContext(model.options().contextLength());
        return planner.ollama(
                found.model(),
                request,
                settings.build(),
                box.devices(),
                loaded,
                OptionalLong.empty());
    }

    /** What is in memory of the server's models now is room for those that shall be. */
    private static Box emptied(Box box, MachineSample sample) {
        Bytes onGpu = Bytes.ZERO;
        Bytes onHost = Bytes.ZERO;
        for (ServerState state : sample.servers()) {
            for (ModelState model : state.models().orElse(List.of())) {
                Bytes gpu = model.onGpu().orElse(Bytes.ZERO);
                onGpu = onGpu.plus(gpu);
                onHost =
                        onHost.plus(
                                Bytes.of(
                                        Math.max(
                                                0,
                                                model.total().orElse(Bytes.ZERO).count()
                                                        - gpu.count())));
            }
        }
        List<ComputeDevice> gpus = new ArrayList<>();
        for (ComputeDevice gpu : box.gpus()) {
            gpus.add(gpu.withMemory(freed(gpu.memory(), onGpu)));
        }
        Bytes host = box.gpus().isEmpty() ? onHost.plus(onGpu) : onHost;
        return new Box(
                box.name(),
                box.title(),
                gpus,
                box.host().withMemory(freed(box.host().memory(), host)),
                box.disk());
    }

    private static MemoryDevice freed(MemoryDevice device, Bytes more) {
        return device.withFree(device.free().plus(more).min(device.capacity()));
    }

    private void show(
            Map<String, ModelPlan> plans,
            Box box,
            Overheads overheads,
            MachineSample sample,
            Consumer<List<String>> shown) {
        List<String> lines =
                new ArrayList<>(
                        new PlanSet(List.copyOf(plans.values()), box, overheads).lines(terminal));
        List<String> resident =
                sample.servers().stream()
                        .flatMap(s -> s.models().orElse(List.of()).stream())
                        .map(ModelState::name)
                        .toList();
        plans.forEach((name, plan) -> {
            List<String> goes = plan.ollama().map(OllamaBelief::evicts).orElse(List.of());
            if (!resident.contains(name) && !goes.isEmpty()) {
                lines.addAll(
                        Paragraph.lines(
                                "",
                                "To load "
                                        + name
                                        + " now, Ollama will evict "
                                        + String.join(", ", goes)
                                        + ".",
                                "  ",
                                terminal.columns()));
            }
        });
        shown.accept(lines);
    }

    /** Answers by packing, and remembers the answers. */
    private record Planned(
            Map<String, ModelPlan> plans,
            Packer packer,
            List<MemoryDevice> devices,
            Map<List<String>, Optional<String>> known)
            implements Room {
        Planned(Map<String, ModelPlan> plans, Packer packer, List<MemoryDevice> devices) {
            this(plans, packer, devices, new ConcurrentHashMap<>());
        }

        @Override
        public Optional<String> refuses(String model, List<String> beside) {
            List<String> all = new ArrayList<>(beside);
            all.add(model);
            return known.computeIfAbsent(List.copyOf(all), this::pack);
        }

        private Optional<String> pack(List<String> names) {
            List<Demand> demands = new ArrayList<>();
            for (String name : names) {
                ModelPlan plan = plans.get(name);
                if (plan != null && plan.engine() != Engine.VLLM) {
                    demands.add(
                            new Demand(
                                    plan.model(),
                                    plan.settings().toBuilder()
                                            .context(plan.memory().context())
                                            .build(),
                                    names.size() - demands.size()));
                }
            }
            Packing packing = packer.pack(demands, devices);
            String last = names.getLast();
            ModelPlan plan = plans.get(last);
            return packing.left().stream()
                    .filter(l -> plan != null && l.demand().name().equals(plan.model().name()))
                    .map(l -> "it " + l.reason())
                    .findFirst();
        }
    }
}
