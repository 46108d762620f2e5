package dev.stoker.cli;

import dev.stoker.base.Clock;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.json.Json;
import dev.stoker.machine.MachineSample;
import dev.stoker.machine.MachineWatch;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** {@code stoker gpu}: one line a GPU, once or again and again. Used by one thread. */
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
    /** A driver without persistence mode takes seconds to wake each board. */
    private static final Duration FIRST = Duration.ofSeconds(10);

    private static final Duration LONGEST_LATER = Duration.ofSeconds(1);

    @Spec private CommandSpec spec;

    @Mixin private ServerOptions server = new ServerOptions();
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

    /** Does all that a start of this command does, and prints nothing. */
    public static void rehearse(MachineWatch machine) {
        try (machine) {
            MachineSample sample = machine.look(FIRST);
            Terminal narrow = new Terminal(true, true, true, 80, true);
            new GpuText(narrow).lines(sample, sample.gpus());
            Json.pretty(GpuJson.of(sample, sample.gpus(), Instant.EPOCH));
            GpuQuery.parse("timestamp,name,memory.used", "csv")
                    .lines(sample.picture(), sample.gpus());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Prints samples in one way. */
    @FunctionalInterface
    private interface View {
        void print(MachineSample machine, List<GpuSample> shown);
    }

    @Override
    public Integer call() {
        check();
        PrintWriter out = spec.commandLine().getOut();
        if (helpQuery) {
            GpuQuery.names().forEach(out::println);
            return ExitCode.DONE.number();
        }
        View view = view(out);
        try (MachineWatch machine =
                machines.open(
                        new MachineWatcher.Wanted(
                                server.servers,
                                Optional.ofNullable(server.apiKeyEnv),
                                pcie,
                                false))) {
            return run(machine, view, out).number();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED.number();
        }
    }

    private void check() {
        long ways =
                Stream.of(output.json, output.csv, dmon, query != null).filter(way -> way).count();
        if (ways > 1) {
            throw UserError.wrongUse(
                    "--json, --csv, --dmon and --query exclude each other.", "Choose one of them.");
        }
        if (format != null && query == null) {
            throw UserError.wrongUse(
                    "--format says how --query prints, and there is no --query.",
                    "Add --query FIELDS, or leave --format out.");
        }
        if (watch != null && !(watch >= 0.1 && watch <= 86_400)) {
            throw UserError.wrongUse(
                    "--watch takes seconds from 0.1 to 86400, but got " + watch + ".", "");
        }
        if (count != null && (count < 1 || (watch == null && !dmon))) {
            throw UserError.wrongUse(
                    "--count takes a number from 1 on, together with --watch or --dmon.", "");
        }
    }

    private ExitCode run(MachineWatch machine, View view, PrintWriter out)
            throws InterruptedException {
        boolean again = watch != null || dmon;
        Duration interval = Duration.ofNanos(Math.round((watch == null ? 1 : watch) * 1e9));
        Duration patience = FIRST;
        ExitCode code = ExitCode.DONE;
        long next = clock.nanos();
        for (int i = 1; ; i++) {
            MachineSample sample = machine.look(patience);
            List<GpuSample> shown = chosen(sample.gpus());
            view.print(sample, shown);
            out.flush();
            code = judged(sample, shown);
            if (!again || out.checkError() || (count != null && i >= count)) {
                return code;
            }
            patience = interval.compareTo(LONGEST_LATER) < 0 ? interval : LONGEST_LATER;
            next = Math.max(next + interval.toNanos(), clock.nanos());
            clock.sleep(Duration.ofNanos(next - clock.nanos()));
        }
    }

    private static ExitCode judged(MachineSample sample, List<GpuSample> shown) {
        boolean bad =
                !sample.picture().troubles().isEmpty()
                        || shown.stream()
                                .anyMatch(gpu ->
                                        gpu.trouble().filter(GpuTrouble::isFault).isPresent());
        return bad ? ExitCode.BAD_ANSWER : ExitCode.DONE;
    }

    private View view(PrintWriter out) {
        if (output.json) {
            return (machine, shown) -> {
                var json = GpuJson.of(machine, shown, clock.now());
                out.println(watch == null ? Json.pretty(json) : Json.write(json));
            };
        }
        if (output.csv) {
            return titled(
                    out,
                    List.of(GpuCsv.header()),
                    (machine, shown) -> shown.forEach(gpu -> out.println(GpuCsv.line(gpu))));
        }
        if (query != null) {
            GpuQuery asked = GpuQuery.parse(query, format == null ? "csv" : format);
            return titled(
                    out,
                    asked.header(),
                    (machine, shown) ->
                            asked.lines(machine.picture(), shown).forEach(out::println));
        }
        if (dmon) {
            GpuScroll scroll = new GpuScroll();
            return (machine, shown) -> {
                scroll.lines(shown).forEach(out::println);
                complain(machine);
            };
        }
        return text(out);
    }

    /** Titles come once, whatever the number of samples. Troubles of the driver go to the side. */
    private View titled(PrintWriter out, List<String> titles, View rows) {
        boolean[] begun = new boolean[1];
        return (machine, shown) -> {
            if (!begun[0]) {
                titles.forEach(out::println);
                begun[0] = true;
            }
            rows.print(machine, shown);
            complain(machine);
        };
    }

    private void complain(MachineSample machine) {
        PrintWriter err = spec.commandLine().getErr();
        if (!output.quiet) {
            machine.picture().troubles().forEach(t -> err.println("stoker: " + t.text()));
            if (machine.gpus().isEmpty() && machine.picture().troubles().isEmpty()) {
                err.println("stoker: No GPU was found.");
            }
            err.flush();
        }
    }

    private View text(PrintWriter out) {
        Terminal terminal = Terminal.detect(env, output.noColor);
        GpuText text = new GpuText(terminal);
        boolean redraw = watch != null && terminal.outIsTerminal();
        boolean[] begun = new boolean[1];
        return (machine, shown) -> {
            List<String> lines = text.lines(machine, shown);
            if (redraw) {
                // Home, each line over the old one, then what is left below: no flicker.
                out.print(begun[0] ? "\u001b[H" : "\u001b[H\u001b[2J");
                lines.forEach(line -> out.print(line + "\u001b[K\n"));
                out.print("\u001b[J");
            } else {
                if (begun[0]) {
                    out.println();
                }
                lines.forEach(out::println);
            }
            begun[0] = true;
        };
    }

    private List<GpuSample> chosen(List<GpuSample> gpus) {
        if (ids.isEmpty()) {
            return gpus;
        }
        List<GpuSample> chosen = new ArrayList<>();
        for (String id : ids) {
            List<GpuSample> found = gpus.stream().filter(gpu -> is(gpu.device(), id)).toList();
            if (found.isEmpty()) {
                throw UserError.wrongUse(
                        "There is no GPU '" + Text.plain(id, 60) + "'.",
                        gpus.isEmpty()
                                ? "No GPU was found on this machine."
                                : "There are 0 to " + (gpus.size() - 1) + ".");
            }
            found.stream().filter(gpu -> !chosen.contains(gpu)).forEach(chosen::add);
        }
        return chosen;
    }

    private static boolean is(GpuDevice device, String id) {
        String wanted = id.strip();
        if (wanted.matches("[0-9]{1,3}")) {
            return device.index() == Integer.parseInt(wanted);
        }
        return wanted.length() >= 4
                && Stream.of(device.uuid().orElse(""), device.pciBusId().orElse(""))
                        .anyMatch(text -> text.regionMatches(true, 0, wanted, 0, wanted.length()));
    }
}
