package dev.stoker.cli;

import dev.stoker.base.Clock;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Reading;
import dev.stoker.base.UserError;
import dev.stoker.explain.account.Attribution;
import dev.stoker.explain.account.LogAccount;
import dev.stoker.explain.log.LogFacts;
import dev.stoker.explain.log.LogSource;
import dev.stoker.history.Stores;
import dev.stoker.json.Json;
import dev.stoker.server.InferenceServer;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

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
            "  stoker explain --log /var/log/ollama.log",
            "  stoker explain --log journal --json | jq .parts",
            "  docker logs ollama 2>&1 | stoker explain --log -",
            "  stoker explain latest"
        })
public final class ExplainCommand implements Callable<Integer> {
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
            names = "--results",
            paramLabel = "DIR",
            description = "Where runs are. Default: RESULTS_DIR, else the XDG data home.")
    private @Nullable Path results;

    @Mixin private StoreOptions store = new StoreOptions();
    @Mixin private ServerOptions server = new ServerOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    private final ServerFinder finder;
    private final Stores stores;
    private final Map<String, String> env;
    private final Clock clock;

    public ExplainCommand(
            ServerFinder finder, Stores stores, Map<String, String> env, Clock clock) {
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
        if (run != null && log != null) {
            throw UserError.wrongUse(
                    "A run and --log exclude each other.", "Choose what is to be explained.");
        }
        if (run != null) {
            explainRun(run);
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

    private LogSource logOfServer() {
        InferenceServer found = finder.find(server.servers, Optional.ofNullable(server.apiKeyEnv));
        Reading<LogSource> source =
                ExplainSource.ofServer(
                        finder.host(found), found.identity().endpoint().port(), clock);
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
                "Name it: stoker explain --log FILE");
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
