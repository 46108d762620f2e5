package dev.stoker.cli;

import dev.stoker.base.Clock;
import dev.stoker.base.ExitCode;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * {@code stoker gpu}: one line a GPU, once or again and again. It only reads the options; see
 * {@link GpuShow} for the rest and {@link PlainGpu} for what is answered without it. Used by one
 * thread.
 */
@Command(
        name = "gpu",
        mixinStandardHelpOptions = true,
        description = {
            "Show the GPUs of this machine: one line each, who uses them, and what is wrong.",
            "",
            "Exit code 1 when a GPU is lost, must be reset, or cannot be looked at; 0 also where"
                    + " there is none."
        },
        footer = {
            "",
            "Examples:",
            "  stoker gpu --watch 1",
            "  stoker gpu --query timestamp,utilization.gpu,memory.used --format csv,noheader",
            "  stoker gpu --dmon --ids 0,2",
            "  stoker gpu --json | jq '.gpus[].throttle_reasons'"
        })
public final class GpuCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private ServerOptions server = new ServerOptions();
    @Mixin private RulesOptions rules = new RulesOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Option(
            names = "--watch",
            paramLabel = "SECONDS",
            description = "Show them again every so many seconds, until Ctrl-C.")
    private @Nullable Double watch;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "With --watch or --dmon: end after so many times.")
    private @Nullable Integer count;

    @Option(
            names = "--dmon",
            description = "Scroll: a short line a GPU every second, or as --watch says.")
    private boolean dmon;

    @Option(
            names = "--query",
            paramLabel = "FIELDS",
            description = "Print these fields, by nvidia-smi's names, separated by commas.")
    private @Nullable String query;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "How --query prints: csv[,noheader][,nounits]. Default: csv.")
    private @Nullable String format;

    @Option(names = "--help-query", description = "List the fields that --query knows.")
    private boolean helpQuery;

    @Option(
            names = "--ids",
            paramLabel = "GPUS",
            split = ",",
            description = "Only these: numbers, UUIDs or PCI bus ids, or the beginning of one.")
    private List<String> ids = new ArrayList<>();

    @Option(
            names = "--pcie",
            description = "Measure the PCIe traffic too (in JSON and CSV), 40 ms a GPU.")
    private boolean pcie;

    private final MachineWatcher machines;
    private final Map<String, String> env;
    private final Clock clock;

    public GpuCommand(MachineWatcher machines, Map<String, String> env, Clock clock) {
        this.machines = machines;
        this.env = env;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        CommandLine line = spec.commandLine();
        GpuRequest request = request();
        request.check();
        if (helpQuery) {
            GpuQuery.names().forEach(line.getOut()::println);
            return ExitCode.DONE.number();
        }
        return new GpuShow(request, env, clock, line.getOut(), line.getErr())
                .run(machines)
                .number();
    }

    /** Returns what the options ask for. */
    GpuRequest request() {
        return new GpuRequest(
                server.servers,
                Optional.ofNullable(server.apiKeyEnv),
                output.json,
                output.csv,
                output.noColor,
                output.quiet,
                Optional.ofNullable(watch),
                Optional.ofNullable(count),
                dmon,
                Optional.ofNullable(query),
                Optional.ofNullable(format),
                ids,
                pcie,
                Optional.ofNullable(rules.rules));
    }
}
