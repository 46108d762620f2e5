package dev.stoker.cli;

import dev.stoker.alert.Alerter;
import dev.stoker.alert.StateFile;
import dev.stoker.base.Clock;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.http.Endpoint;
import dev.stoker.json.Json;
import dev.stoker.server.ApiKey;
import dev.stoker.warm.Desired;
import dev.stoker.warm.Keeper;
import dev.stoker.warm.Seen;
import dev.stoker.warm.WarmFile;
import dev.stoker.warm.WarmSet;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code stoker warm}: makes models ready, says whether they are, and keeps them so. */
@Command(
        name = "warm",
        mixinStandardHelpOptions = true,
        description = {
            "Make models ready to answer at once, and prove it by a short measured request each.",
            "",
            "A model that is in memory is asked with the options that it has, so that nothing is"
                    + " loaded anew. Models that can't stay together are told, not fought over."
                    + " Exit code 1 when a model is not ready."
        },
        footer = {
            "",
            "Examples:",
            "  stoker warm llama3.1:8b mistral:7b",
            "  stoker warm --check llama3.1:8b && echo ready",
            "  stoker warm --watch --file warm.yaml --alert-webhook https://ntfy.sh/my-gpus"
        })
public final class WarmCommand implements Callable<Integer> {
    private static final int ROUNDS = 3;
    private static final String EVERY = "30s";

    @Spec private CommandSpec spec;

    @Mixin private ServerOptions server = new ServerOptions();
    @Mixin private AlertOptions alerting = new AlertOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Parameters(
            arity = "0..*",
            paramLabel = "MODEL",
            description = "Models to make ready, the most important one first.")
    private List<String> models = new ArrayList<>();

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "A YAML file that names them, with options, priorities and schedules.")
    private @Nullable Path file;

    @Option(
            names = "--check",
            description =
                    "Only look, and measure the models that are in memory: nothing is loaded or"
                            + " changed.")
    private boolean check;

    @Option(names = "--watch", description = "Keep them ready until Ctrl-C or SIGTERM.")
    private boolean watch;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            description = "Time between rounds of --watch, such as 30s, which is the default.")
    private @Nullable String every;

    @Option(
            names = "--log",
            paramLabel = "LOG",
            description =
                    "With --watch: the log of an Ollama, so that is told from where an evicting"
                            + " model was asked for: a file, journal[:UNIT] or docker[:NAME].")
    private @Nullable String log;

    @Option(
            names = "--even-busy",
            description = "Load also while the server works on requests; else it is waited for.")
    private boolean evenBusy;

    private final MachineWatcher machines;
    private final ServerFinder finder;
    private final Map<String, String> env;
    private final Clock clock;

    public WarmCommand(
            MachineWatcher machines, ServerFinder finder, Map<String, String> env, Clock clock) {
        this.machines = machines;
        this.finder = finder;
        this.env = env;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        if (output.csv) {
            throw UserError.wrongUse("warm has no CSV.", "Use --json.");
        }
        if (check && watch) {
            throw UserError.wrongUse("--check and --watch exclude each other.", "");
        }
        Duration between = every(every == null ? EVERY : every);
        alerting.check();
        if (!watch && (every != null || alerting.isAny())) {
            throw UserError.wrongUse(
                    "--every and the options of alerts are for --watch.", "Add --watch.");
        }
        if (!watch && log != null) {
            throw UserError.wrongUse("--log is for --watch.", "Add --watch.");
        }
        if (check && evenBusy) {
            throw UserError.wrongUse("--check loads nothing, busy or not.", "Leave out one.");
        }
        List<Desired> desired = desired(models, file);
        ApiKey key =
                Optional.ofNullable(server.apiKeyEnv)
                        .map(name -> ApiKey.fromEnvironment(name, env))
                        .orElse(ApiKey.none());
        Map<Endpoint, List<Desired>> wanted = WarmLanes.wanted(desired, server.servers, env, key);
        UnaryOperator<String> asker = asker(wanted.size());
        try (Interrupts interrupts = watch ? new Interrupts(ExitCode.DONE) : new Interrupts();
                WarmLanes lanes = lanes(wanted, key, asker, interrupts)) {
            Thread caller = Thread.currentThread();
            try (var _ = interrupts.cancellation().onCancel(caller::interrupt)) {
                return watch ? watch(lanes, between, wanted.keySet()) : once(lanes);
            }
        } catch (InterruptedException e) {
            return watch ? ExitCode.DONE.number() : ExitCode.INTERRUPTED.number();
        }
    }

    private UnaryOperator<String> asker(int servers) {
        if (log == null) {
            return _ -> "";
        }
        if (servers > 1 || log.equals("-")) {
            throw UserError.wrongUse(
                    servers > 1
                            ? "--log is the log of one server, but several are named."
                            : "--log can't be standard input here.",
                    "Name a file, journal[:UNIT] or docker[:NAME] of one server.");
        }
        return new WarmAskers(ExplainSource.named(log, System.in), clock)::of;
    }

    private WarmLanes lanes(
            Map<Endpoint, List<Desired>> wanted,
            ApiKey key,
            UnaryOperator<String> asker,
            Interrupts interrupts) {
        WarmSet.Care care = check ? WarmSet.Care.CHECK : new WarmSet.Care(true, evenBusy, true);
        WarmFit fit =
                new WarmFit(
                        machines,
                        finder,
                        env,
                        server.apiKeyEnv,
                        Terminal.detect(env, output.noColor));
        return new WarmLanes(
                wanted,
                new WarmLanes.Setting(
                        care,
                        key,
                        machines::hostOf,
                        endpoint ->
                                fit.room(
                                        endpoint,
                                        wanted.getOrDefault(endpoint, List.of()),
                                        this::plan),
                        endpoint ->
                                watch
                                        ? WarmLanes.memory(machines, endpoint, clock)
                                        : Optional.empty(),
                        asker,
                        ResultsFolder.data(env),
                        this::say),
                clock,
                interrupts.cancellation());
    }

    /** Returns the models that are named on the command line, in a file, or in both. */
    static List<Desired> desired(List<String> models, @Nullable Path file) {
        List<Desired> all = new ArrayList<>(models.stream().map(Desired::of).toList());
        if (file != null) {
            try {
                all.addAll(WarmFile.read(file.toString(), Files.readString(file)));
            } catch (IOException e) {
                throw UserError.wrongUse(
                        "The file " + Text.plain(file.toString(), 300) + " can't be read.", "");
            }
        }
        if (all.isEmpty()) {
            throw UserError.wrongUse(
                    "Expected the models to make ready, but got none.",
                    "Name them: 'stoker warm llama3.1:8b', or a file: --file warm.yaml.");
        }
        return all;
    }

    /**
     * Reads a time such as {@code 30s} or {@code 5m}.
     *
     * @throws UserError for one that is none, or out of bounds
     */
    static Duration every(String text) {
        Matcher m = Pattern.compile("([0-9]{1,6})(ms|s|m|h)?").matcher(text.strip());
        if (m.matches()) {
            long n = Long.parseLong(m.group(1));
            Duration time =
                    switch (String.valueOf(m.group(2))) {
                        case "ms" -> Duration.ofMillis(n);
                        case "m" -> Duration.ofMinutes(n);
                        case "h" -> Duration.ofHours(n);
                        default -> Duration.ofSeconds(n);
                    };
            if (time.toMillis() >= 200 && time.compareTo(Duration.ofDays(1)) <= 0) {
                return time;
            }
        }
        throw UserError.wrongUse(
                "Expected a time from 200ms to 24h for --every, such as 30s, but got '"
                        + Text.plain(text, 40)
                        + "'.",
                "");
    }

    private int once(WarmLanes lanes) throws InterruptedException {
        Map<String, Keeper.Round> rounds = lanes.once();
        // A first tick after a load may be slow by itself.
        for (int i = 1; i < ROUNDS && !check && !WarmText.allReady(rounds); i++) {
            rounds = lanes.once();
        }
        PrintWriter out = spec.commandLine().getOut();
        if (output.json) {
            out.println(Json.pretty(WarmText.json(rounds)));
        } else {
            Terminal terminal = Terminal.detect(env, output.noColor);
            WarmText.lines(rounds, terminal).forEach(out::println);
        }
        out.flush();
        boolean none = rounds.values().stream().allMatch(r -> r.seen().health() != Seen.Health.UP);
        return none
                ? ExitCode.SERVER_FAILED.number()
                : (WarmText.allReady(rounds) ? ExitCode.DONE : ExitCode.BAD_ANSWER).number();
    }

    private int watch(WarmLanes lanes, Duration between, Set<Endpoint> servers)
            throws InterruptedException {
        StateFile told = new StateFile(WarmLanes.alertsFile(ResultsFolder.data(env), servers));
        try (Alerter alerter =
                new Alerter(
                        alerting.outlets(clock, Optional.of(this::say)),
                        alerting.least(),
                        told,
                        clock,
                        this::say)) {
            lanes.watch(between, alerter, () -> {});
        }
        return ExitCode.DONE.number();
    }

    private void plan(List<String> lines) {
        if (!output.quiet && !output.json) {
            PrintWriter out = spec.commandLine().getOut();
            lines.forEach(out::println);
            out.println();
            out.flush();
        }
    }

    private synchronized void say(String sentence) {
        if (output.quiet && !watch) {
            return; // The result tells all that matters.
        }
        PrintWriter err = spec.commandLine().getErr();
        String time =
                watch
                        ? LocalDateTime.ofInstant(clock.now(), ZoneId.systemDefault())
                                        .truncatedTo(ChronoUnit.SECONDS)
                                + " "
                        : "";
        err.println("stoker: " + time + Text.plain(sentence, 1000));
        err.flush();
    }
}
