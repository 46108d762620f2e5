package dev.stoker.cli;

import dev.stoker.base.Clock;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.explain.account.Attribution;
import dev.stoker.explain.account.LogAccount;
import dev.stoker.explain.log.LogFacts;
import dev.stoker.explain.log.LogSource;
import dev.stoker.explain.probe.Expected;
import dev.stoker.explain.probe.Probe;
import dev.stoker.history.Stores;
import dev.stoker.json.Json;
import dev.stoker.server.ApiKey;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.state.AskPolicy;
import dev.stoker.server.state.ServerWatch;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import tools.jackson.databind.node.ObjectNode;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** {@code stoker explain}: where does the time go? One thread. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Say where the time of answers goes, why, and what to do.",
            "",
            "Without an option: from the log of the server that answers. RUN is a stored benchmark:"
                    + " why its rates spread.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stoker explain --probe qwen3:8b",
            "  stoker explain --watch 10m",
            "  stoker explain --log /var/log/ollama.log",
            "  stoker explain --log journal --json | jq .parts",
            "  docker logs ollama 2>&1 | stoker explain --log -",
            "  stoker explain latest"
        })
public final class ExplainCommand implements Callable<Integer> {
    /** A server writes its line of a request just after the answer. */
    private static final Duration LOG_SETTLES = Duration.ofMillis(300);

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "RUN",
            arity = "0..1",
            description = "A stored benchmark: its id, a tag, latest, or its folder.")
    private @Nullable String run;

    @Option(
            names = "--log",
            paramLabel = "LOG",
            description = {
                "The server's log: a file (.gz too), - for standard input, journal[:UNIT],"
                        + " docker[:NAME]. Of Ollama or a llama-server, of any version."
            })
    private @Nullable String log;

    @Option(
            names = "--probe",
            paramLabel = "MODEL",
            description =
                    "Send one request and take its time apart. It loads the model if need be.")
    private @Nullable String probe;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            description = "With --probe: the longest answer. Default: ${DEFAULT-VALUE}.",
            defaultValue = "64")
    private long tokens = 64;

    @Option(
            names = "--watch",
            paramLabel = "TIME",
            description = {
                "Watch real traffic for so long, such as 10m, by the server's state and, where it"
                        + " can be read, its log. Asks nothing that loads, wakes or resets. Ctrl-C"
                        + " ends it earlier."
            })
    private @Nullable String watch;

    @Option(
            names = "--results",
            paramLabel = "DIR",
            description = "Where runs are. Default: RESULTS_DIR, else the XDG data home.")
    private @Nullable Path results;

    @Mixin private StoreOptions store = new StoreOptions();
    @Mixin private ServerOptions server = new ServerOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    private final MachineWatcher machines;
    private final ServerFinder finder;
    private final Stores stores;
    private final Map<String, String> env;
    private final Clock clock;

    public ExplainCommand(
            MachineWatcher machines,
            ServerFinder finder,
            Stores stores,
            Map<String, String> env,
            Clock clock) {
        this.machines = machines;
        this.finder = finder;
        this.stores = stores;
        this.env = Map.copyOf(env);
        this.clock = clock;
    }

    @Override
    public Integer call() {
        if (output.csv) {
            throw UserError.wrongUse("explain has no CSV.", "Use --json.");
        }
        boolean several =
                Stream.of(run, log, probe, watch).filter(Objects::nonNull).count() > 1
                        && (run != null || probe != null || watch == null);
        if (several) {
            throw UserError.wrongUse(
                    "A run, --log, --probe and --watch exclude each other, but for --watch with"
                            + " --log.",
                    "Choose what is to be explained.");
        }
        if (run != null) {
            explainRun(run);
        } else if (probe != null) {
            explainProbe(probe);
        } else if (watch != null) {
            explainWatch(BenchOptions.duration("--watch", watch));
        } else {
            explainLog(log == null ? logOfServer() : ExplainSource.named(log, System.in));
        }
        return ExitCode.DONE.number();
    }

    private void explainRun(String name) {
        try (ReportSource source =
                new ReportSource(ResultsFolder.of(results, env), store, stores)) {
            ExplainRun told = ExplainRun.of(source.find(name));
            print(told.json(), told.lines(text()));
        }
    }

    private InferenceServer server() {
        return finder.find(server.servers, Optional.ofNullable(server.apiKeyEnv));
    }

    private ApiKey key() {
        return Optional.ofNullable(server.apiKeyEnv)
                .map(name -> ApiKey.fromEnvironment(name, env))
                .orElse(ApiKey.none());
    }

    private Reading<LogSource> logOf(InferenceServer found) {
        return ExplainSource.ofServer(
                finder.host(found), found.identity().endpoint().port(), clock);
    }

    private LogSource logOfServer() {
        InferenceServer found = server();
        Reading<LogSource> source = logOf(found);
        if (source instanceof Reading.Known<LogSource>(LogSource known)) {
            return known;
        }
        throw UserError.wrongUse(
                "The log of "
                        + found.identity().title()
                        + " at "
                        + found.identity().endpoint().url()
                        + " can not be read: "
                        + source.reason()
                        + ".",
                "Name it: stoker explain --log FILE; or watch without it: stoker explain --watch"
                        + " 10m");
    }

    private ServerWatch watchOf(InferenceServer found) {
        return ServerWatch.of(
                found, key(), finder.host(found), AskPolicy.harmless(), Clock.system());
    }

    private void explainProbe(String model) {
        if (tokens < 1 || tokens > 100_000) {
            throw UserError.wrongUse("--tokens is 1 to 100000, not " + tokens + ".", "");
        }
        InferenceServer found = server();
        Probe.Result result;
        Optional<Attribution> logged;
        Expected expected;
        try (ServerWatch states = watchOf(found);
                Interrupts interrupts = new Interrupts()) {
            expected = new ExplainExpectation(machines, stores, env).of(found, model, key());
            ExplainWatch around = new ExplainWatch(clock, states::look, known(logOf(found)));
            around.begin();
            result =
                    around.during(() ->
                            new Probe(found, states::look)
                                    .send(model, tokens, interrupts.cancellation()));
            clock.sleep(LOG_SETTLES);
            logged = around.byLog();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError(ExitCode.INTERRUPTED, "Interrupted.", "", e);
        }
        ExplainProbe told = new ExplainProbe(found.identity().title(), result, expected, logged);
        print(told.json(), told.lines(text()));
    }

    private static Optional<LogSource> known(Reading<LogSource> source) {
        return source.isKnown() ? Optional.of(source.value()) : Optional.empty();
    }

    private void explainWatch(Duration time) {
        InferenceServer found = server();
        Reading<LogSource> source =
                log == null ? logOf(found) : Reading.known(ExplainSource.named(log, System.in));
        PrintWriter err = spec.commandLine().getErr();
        boolean live = !output.quiet && Terminal.detect(env, output.noColor).errIsTerminal();
        ExplainWatch.Seen seen;
        try (ServerWatch states = watchOf(found);
                Interrupts interrupts = new Interrupts(ExitCode.DONE)) {
            ExplainWatch watching = new ExplainWatch(clock, states::look, known(source));
            seen =
                    watching.watch(
                            time,
                            interrupts.cancellation(),
                            s -> {
                                if (live) {
                                    err.print(
                                            "\rwatching: " + s + " of " + time.toSeconds() + " s ");
                                    err.flush();
                                }
                            });
            if (live) {
                err.print("\r\u001b[K");
                err.flush();
            }
            print(found, seen, source.isKnown() ? source.value().title() : source.reason());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError(ExitCode.INTERRUPTED, "Interrupted.", "", e);
        }
    }

    private void print(InferenceServer found, ExplainWatch.Seen seen, String source) {
        ObjectNode root = ExplainJson.titled("watch", found.identity().endpoint().url());
        root.put("watched_seconds", seen.seconds());
        root.put("based_on", seen.read().isPresent() ? "log" : "state");
        ExplainJson.traffic(root, seen.told());
        seen.read().ifPresent(facts -> ExplainJson.log(root, facts));
        ExplainText text = text();
        List<String> lines = new ArrayList<>(text.traffic(seen.told()));
        if (!output.quiet) {
            lines.add("");
            String how =
                    seen.read().isPresent()
                            ? "by its log, " + source
                            : "by its state each second: its log was not read ("
                                    + (seen.logTrouble().isEmpty() ? source : seen.logTrouble())
                                    + ")";
            lines.addAll(
                    text.wrapped(
                            "",
                            "Watched "
                                    + found.identity().title()
                                    + " for "
                                    + ExplainText.seconds(1000 * seen.seconds())
                                    + ", "
                                    + Text.plain(how, 300)
                                    + "."));
        }
        print(root, lines);
    }

    private void explainLog(LogSource source) {
        LogAccount account = new LogAccount();
        LogFacts facts = source.read(account);
        Attribution told = account.attribution();
        ObjectNode root = ExplainJson.titled("log", source.title());
        ExplainJson.traffic(root, told);
        ExplainJson.log(root, facts);
        ExplainText text = text();
        List<String> lines = new ArrayList<>(text.traffic(told));
        if (!output.quiet) {
            lines.add("");
            lines.addAll(text.read(facts, source.title()));
        }
        print(root, lines);
    }

    private ExplainText text() {
        return new ExplainText(Terminal.detect(env, output.noColor));
    }

    private void print(ObjectNode root, List<String> lines) {
        PrintWriter out = spec.commandLine().getOut();
        if (output.json) {
            out.println(Json.pretty(root));
        } else {
            lines.forEach(out::println);
        }
        out.flush();
    }
}
