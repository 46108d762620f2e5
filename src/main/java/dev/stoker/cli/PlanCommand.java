package dev.stoker.cli;

import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.history.Stores;
import dev.stoker.json.Json;
import dev.stoker.machine.MachineSample;
import dev.stoker.machine.MachineWatch;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.llama.HostPacking;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.memory.ollama.OllamaBelief;
import dev.stoker.model.GgufModels;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelFormat;
import dev.stoker.model.Sidecar;
import dev.stoker.plan.Engine;
import dev.stoker.plan.Fit;
import dev.stoker.plan.Fitting;
import dev.stoker.plan.LlamaEstimate;
import dev.stoker.plan.ModelPlan;
import dev.stoker.plan.Planner;
import dev.stoker.plan.advise.Advice;
import dev.stoker.plan.advise.Advisor;
import dev.stoker.plan.advise.Quant;
import dev.stoker.plan.calibrate.HostOverheads;
import dev.stoker.plan.device.Box;
import dev.stoker.plan.device.Boxes;
import dev.stoker.plan.exact.LlamaBinary;
import dev.stoker.plan.source.ModelFinder;
import dev.stoker.plan.speed.Calibration;
import dev.stoker.server.ApiKey;
import dev.stoker.server.InferenceServer;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/** {@code stoker plan}: what fits, with which settings, how fast. Loads nothing. One thread. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Plan what fits: memory by device and item, context, slots, settings, speed.",
            "",
            "MODEL is a .gguf file, a folder of safetensors, an address of a .gguf file, a name in"
                    + " Ollama's store, or a model of a running server. Nothing is loaded.",
            "Exit code 1 when it does not fit."
        },
        footer = {
            "",
            "Examples:",
            "  stoker plan qwen3:8b",
            "  stoker plan model.gguf --gpu \"RTX 3090\" --count 2 --ctx 32768 --kv q8_0",
            "  stoker plan qwen3:8b mistral:7b nomic-embed-text --box a10g",
            "  stoker plan qwen3:8b --advise --gpu \"RTX 3060\"",
            "  stoker plan model.gguf --json | jq '.devices[].items'"
        })
public final class PlanCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", arity = "1..*", description = "The model, or several.")
    private List<String> models = new ArrayList<>();

    @ArgGroup(validate = false, heading = "%nMachine:%n", order = 1)
    private PlanHardware hardware = new PlanHardware();

    @ArgGroup(validate = false, heading = "%nSettings:%n", order = 2)
    private PlanSettings settings = new PlanSettings();

    @Option(
            names = "--for",
            paramLabel = "SERVER",
            description = "ollama, llama-server or vllm. Default: as where the model was found.")
    private @Nullable String server;

    @Option(
            names = "--depth",
            paramLabel = "N",
            description = "Tokens of context at which speed is told. Default: 0.")
    private long depth;

    @Option(
            names = "--mmproj",
            paramLabel = "FILE",
            description = "A projector that is loaded with the model.")
    private @Nullable Path projector;

    @Option(
            names = "--draft",
            paramLabel = "FILE",
            description = "A draft model that is loaded with it.")
    private @Nullable Path draft;

    @Option(
            names = "--show",
            description = "Show what the model is: layers, heads, tensors by role.")
    private boolean show;

    @Option(names = "--advise", description = "Say which quantisation to take for this machine.")
    private boolean advise;

    @Option(
            names = "--least-speed",
            paramLabel = "TOK/S",
            description = "With --advise: the slowest answer that is good enough. Default: 0.")
    private double leastSpeed;

    @Option(
            names = "--exact",
            description =
                    "Ask a llama-server of this host what it would allocate, and show it beside the"
                            + " plan. It allocates nothing.")
    private boolean exact;

    @Option(
            names = "--calibrate",
            description =
                    "Start a llama-server of this host with the model on loopback, measure what it"
                            + " takes beyond its buffers, end it, and plan with that from now on."
                            + " Asks first.")
    private boolean calibrate;

    @Option(
            names = {"-y", "--yes"},
            description = "Calibrate without asking.")
    private boolean yes;

    @Mixin private PlanCost cost = new PlanCost();
    @Mixin private ServerOptions servers = new ServerOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    private final Stores stores;
    private final MachineWatcher machines;
    private final ServerFinder finder;
    private final Map<String, String> env;

    /**
     * @param stores where this host's own benchmarks are kept, by which speed is calibrated
     */
    public PlanCommand(
            MachineWatcher machines, ServerFinder finder, Stores stores, Map<String, String> env) {
        this.stores = stores;
        this.machines = machines;
        this.finder = finder;
        this.env = env;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if ("?".equals(hardware.box)) {
            Boxes.names().forEach(out::println);
            out.flush();
            return ExitCode.DONE.number();
        }
        if (output.csv) {
            throw UserError.wrongUse("plan has no CSV.", "Use --json.");
        }
        cost.check();
        requireUsed();
        List<ModelFinder.Found> found = new ArrayList<>();
        ModelFinder source = source();
        for (String name : models) {
            found.add(withSidecars(source.find(name)));
        }
        if (show) {
            show(found, out);
            return ExitCode.DONE.number();
        }
        if (calibrate) {
            PlanCalibration calibration =
                    new PlanCalibration(spec.commandLine().getErr(), output.quiet, env);
            calibration.run(found, binary("--calibrate"), yes, output.noColor);
        }
        Machine machine = machine();
        if (advise) {
            return advise(found, machine, out).number();
        }
        List<ModelPlan> plans = new ArrayList<>();
        for (ModelFinder.Found one : found) {
            ModelPlan plan = plan(one, machine, Calibration.NONE);
            Calibration calibration =
                    hardware.elsewhere()
                            ? Calibration.NONE
                            : new PlanSpeed(stores, env)
                                    .calibration(plan, name -> known(name, source, machine));
            plans.add(calibration.any() ? plan(one, machine, calibration) : plan);
        }
        Optional<PlanSet> set =
                plans.size() > 1 && plans.stream().noneMatch(p -> p.engine() == Engine.VLLM)
                        ? Optional.of(new PlanSet(plans, machine.box(), machine.overheads()))
                        : Optional.empty();
        PlanPrinter printer =
                new PlanPrinter(
                        machine.title(),
                        cost,
                        exact ? Optional.of(binary("--exact")) : Optional.empty());
        if (output.json) {
            out.println(Json.pretty(printer.json(plans, set)));
        } else {
            printer.lines(plans, set, Terminal.detect(env, output.noColor)).forEach(out::println);
        }
        out.flush();
        boolean fits =
                set.map(PlanSet::all).orElse(true)
                        && plans.stream().noneMatch(p -> p.fit() == Fit.NO);
        return fits ? ExitCode.DONE.number() : ExitCode.BAD_ANSWER.number();
    }

    /** An option that would do nothing is a mistake. */
    private void requireUsed() {
        if (show && (advise || calibrate || exact || cost.isAny())) {
            throw UserError.wrongUse(
                    "--show tells what a model is, and plans nothing.", "Leave it out to plan.");
        }
        if (yes && !calibrate) {
            throw UserError.wrongUse("--yes answers what --calibrate asks.", "Leave it out.");
        }
        if (leastSpeed != 0 && !advise) {
            throw UserError.wrongUse("--least-speed is for --advise.", "Add --advise.");
        }
        if (advise && (exact || cost.isAny())) {
            throw UserError.wrongUse(
                    "--advise compares quantisations, without --exact and costs.",
                    "Plan the one that it recommends with them.");
        }
        if (calibrate && models.size() > 1) {
            throw UserError.wrongUse("--calibrate takes one model.", "Name one alone.");
        }
    }

    private ExitCode advise(List<ModelFinder.Found> found, Machine machine, PrintWriter out) {
        boolean some = true;
        Fitting fitting = new Fitting(new LlamaEstimate(machine.overheads()));
        LlamaSettings asked = settings.llama();
        if (asked.parallel().isEmpty()) {
            asked = asked.toBuilder().parallel(1).build();
        }
        PlanAdvice text = new PlanAdvice(Terminal.detect(env, output.noColor));
        for (ModelFinder.Found one : found) {
            if (one.model().format() != ModelFormat.GGUF) {
                throw UserError.wrongUse(
                        "--advise knows the quantisations of GGUF files only.", "");
            }
            Advice advice =
                    new Advisor(one.model(), Quant.LADDER, fitting)
                            .advise(
                                    machine.box().devices(),
                                    asked,
                                    Math.max(0, leastSpeed),
                                    Calibration.NONE);
            some &= advice.recommended().isPresent();
            if (output.json) {
                var root = PlanShow.json(one.model());
                root.put("machine", machine.title());
                root.set("advice", PlanAdvice.json(advice));
                out.println(Json.pretty(PlanJson.titled(PlanJson.ADVICE, root)));
            } else {
                text.lines(one.model().name(), machine.title(), advice).forEach(out::println);
            }
        }
        out.flush();
        return some ? ExitCode.DONE : ExitCode.BAD_ANSWER;
    }

    private ModelFinder source() {
        Optional<String> keyName = Optional.ofNullable(servers.apiKeyEnv);
        return new ModelFinder(
                env,
                () -> {
                    try {
                        InferenceServer found = finder.find(servers.servers, keyName);
                        return Optional.of(found);
                    } catch (UserError e) {
                        if (!servers.servers.isEmpty()) {
                            throw e;
                        }
                        return Optional.empty();
                    }
                },
                !servers.servers.isEmpty(),
                keyName.map(name -> ApiKey.fromEnvironment(name, env)).orElse(ApiKey.none()));
    }

    private ModelFinder.Found withSidecars(ModelFinder.Found found) {
        if (projector == null && draft == null) {
            return found;
        }
        List<Sidecar> all = new ArrayList<>(found.model().sidecars());
        if (projector != null) {
            all.add(GgufModels.sidecar(Sidecar.Kind.PROJECTOR, projector));
        }
        if (draft != null) {
            all.add(GgufModels.sidecar(Sidecar.Kind.DRAFT, draft));
        }
        return new ModelFinder.Found(
                found.model().withSidecars(all), found.engine(), found.arguments());
    }

    /**
     * What is planned for.
     *
     * @param title for people
     * @param loaded models in memory there now
     */
    private record Machine(
            Box box, String title, Overheads overheads, List<OllamaBelief.Loaded> loaded) {}

    private Machine machine() {
        if (hardware.elsewhere()) {
            Box box = hardware.named(env);
            return new Machine(box, box.title(), Overheads.usual(HostPacking.AVX2), List.of());
        }
        try (MachineWatch watch =
                machines.open(
                        new MachineWatcher.Wanted(
                                servers.servers,
                                Optional.ofNullable(servers.apiKeyEnv),
                                false,
                                false))) {
            MachineSample sample = watch.look(PATIENCE);
            Box box = hardware.here(sample, env);
            if (hardware.llamaServer != null) {
                box = hardware.seen(hardware.llamaServer, box, env);
            }
            return new Machine(
                    box,
                    box.title(),
                    HostOverheads.here(ResultsFolder.data(env)),
                    hardware.idle ? List.of() : LoadedModels.of(sample, box));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError(ExitCode.INTERRUPTED, "Interrupted.", "", e);
        }
    }

    /** The plan of another model, which this host has measured; empty where it is not at hand. */
    private Optional<ModelPlan> known(String name, ModelFinder source, Machine machine) {
        try {
            ModelFinder.Found found = source.find(name);
            return found.engine() == Engine.VLLM
                    ? Optional.empty()
                    : Optional.of(plan(found, machine, Calibration.NONE));
        } catch (UserError e) {
            return Optional.empty();
        }
    }

    private ModelPlan plan(ModelFinder.Found found, Machine machine, Calibration calibration) {
        Engine engine = engine(found);
        Planner planner = new Planner(machine.overheads(), settings.target(), calibration);
        ModelDescription model = found.model();
        OptionalLong at = OptionalLong.of(Math.max(0, depth));
        return switch (engine) {
            case OLLAMA ->
                    planner.ollama(
                            model,
                            settings.ollama(env),
                            settings.llama(),
                            machine.box().devices(),
                            machine.loaded(),
                            at);
            case LLAMA_SERVER ->
                    planner.llamaServer(model, settings.llama(), machine.box().devices(), at);
            case VLLM ->
                    planner.vllm(
                            model,
                            settings.vllm(machine.box().gpus().size()),
                            machine.box().devices(),
                            at);
        };
    }

    private Engine engine(ModelFinder.Found found) {
        if (server == null) {
            return found.engine();
        }
        Engine wanted =
                switch (server.toLowerCase(Locale.ROOT)) {
                    case "ollama" -> Engine.OLLAMA;
                    case "llama-server", "llama.cpp", "llamacpp" -> Engine.LLAMA_SERVER;
                    case "vllm" -> Engine.VLLM;
                    default ->
                            throw UserError.wrongUse(
                                    "Expected ollama, llama-server or vllm for --for, but got '"
                                            + server
                                            + "'.",
                                    "");
                };
        if ((wanted == Engine.VLLM) != (found.model().format() == ModelFormat.SAFETENSORS)) {
            throw UserError.wrongUse(
                    wanted.title()
                            + " does not load "
                            + (found.model().format() == ModelFormat.GGUF
                                    ? "GGUF files well enough to plan for"
                                    : "safetensors")
                            + ".",
                    "");
        }
        return wanted;
    }

    private void show(List<ModelFinder.Found> found, PrintWriter out) {
        PlanShow shown = new PlanShow(Terminal.detect(env, output.noColor));
        boolean first = true;
        for (ModelFinder.Found one : found) {
            if (output.json) {
                out.println(
                        Json.pretty(PlanJson.titled(PlanJson.MODEL, PlanShow.json(one.model()))));
                continue;
            }
            if (!first) {
                out.println();
            }
            first = false;
            shown.lines(one.model()).forEach(out::println);
        }
        out.flush();
    }

    private LlamaBinary binary(String option) {
        return Optional.ofNullable(hardware.llamaServer)
                .map(LlamaBinary::new)
                .or(() -> LlamaBinary.find(env))
                .orElseThrow(() ->
                        UserError.wrongUse(
                                option
                                        + " needs a llama-server, and none is on the path or in"
                                        + " Ollama's folder.",
                                "Name one: --llama-server PATH."));
    }
}
