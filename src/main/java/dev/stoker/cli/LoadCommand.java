package dev.stoker.cli;

import dev.stoker.base.Cancellation;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.history.Comparison;
import dev.stoker.history.JournalLine;
import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.Spool;
import dev.stoker.history.Stores;
import dev.stoker.json.Json;
import dev.stoker.load.EngineWarmUp;
import dev.stoker.load.LoadEvent;
import dev.stoker.load.LoadFolder;
import dev.stoker.load.LoadHeader;
import dev.stoker.load.LoadJournal;
import dev.stoker.load.LoadJson;
import dev.stoker.load.LoadReader;
import dev.stoker.load.LoadRunner;
import dev.stoker.load.LoadRuns;
import dev.stoker.load.LoadSetting;
import dev.stoker.load.LoadStep;
import dev.stoker.load.LoadSummary;
import dev.stoker.load.Objective;
import dev.stoker.load.PromptSource;
import dev.stoker.load.ServerWatch;
import dev.stoker.load.Sweep;
import dev.stoker.load.TraceFile;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ModelInfo;
import dev.stoker.server.ServerException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import tools.jackson.databind.node.ObjectNode;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * {@code stoker load}: puts a load on one model and tells what it does to latency and throughput.
 * Options → steps → journal → summary from the journal. Used by one thread, which becomes the event
 * loop.
 */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        description = {
            "Put a load on a model and see what it does to latency and throughput.",
            "",
            "Closed loop (--concurrency), open loop (--rate, --trace) or a search for the limit"
                + " (--sweep). Ramp, warm-up and drain are cut. The client watches itself and says"
                + " when it was the bottleneck.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stoker load                                 8 users for 30 s",
            "  stoker load phi4:14b -c 1,2,4,8,16          where does it saturate",
            "  stoker load --rate 5 --duration 2m          5 requests a second, at random",
            "  stoker load --sweep --slo ttft_p95=500ms,itl_p95=50ms",
            "  stoker load -c 16 --prompt-tokens 2048 --max-tokens 256 --ignore-eos --json",
            "",
            "Exit codes: 0 all requests ended well, 1 some failed, 2 wrong use, 3 the server",
            "could not be reached, 130 interrupted (with what was measured saved)."
        })
public final class LoadCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;
    @Mixin private final ServerOptions server = new ServerOptions();
    @Mixin private final LoadOptions load = new LoadOptions();
    @Mixin private final LoadPromptOptions prompts = new LoadPromptOptions();
    @Mixin private final OutputOptions output = new OutputOptions();

    @Mixin private final BaselineOptions history = new BaselineOptions();

    @Option(
            names = "--results",
            paramLabel = "DIR",
            description = {
                "Where runs are kept. Default: RESULTS_DIR, else stoker/runs in the XDG data home."
            })
    private @Nullable Path results;

    private final ServerFinder finder;
    private final Stores stores;
    private final Map<String, String> env;

    public LoadCommand(ServerFinder finder, Stores stores, Map<String, String> env) {
        this.finder = finder;
        this.stores = stores;
        this.env = Map.copyOf(env);
    }

    @Override
    public Integer call() throws ServerException {
        if (output.json && output.csv) {
            throw UserError.wrongUse("--json and --csv were both given.", "Choose one of them.");
        }
        Terminal terminal = Terminal.detect(env, output.noColor);
        List<LoadStep> steps = load.steps();
        List<Objective> objectives = load.objectives();
        Optional<Run> baseline = history.baseline(stores);
        InferenceServer target = finder.find(server.servers, Optional.ofNullable(server.apiKeyEnv));
        EngineWarmUp warmUp = EngineWarmUp.start(target);
        String model = model(target);
        ObjectNode options = Json.object();
        load.describe(options, steps);
        List<TraceFile.Entry> recorded = load.recorded();
        PromptSource source = prompts.source(target, model, load.seed, recorded, options);
        LoadHeader header =
                LoadHeader.of(
                        target.identity(), target.clock(), StokerVersion.text(), model, options);
        LoadFolder folder = LoadFolder.create(ResultsFolder.of(results, env), header);
        folder.write(LoadSetting.of(finder.host(target), target, header));
        try (Interrupts interrupts = new Interrupts();
                Spool.Ticket ticket = history.store.enter(stores, folder.path())) {
            run(
                    target,
                    new Plan(steps, load.sweep(), objectives),
                    source,
                    warmUp,
                    folder,
                    terminal,
                    interrupts.cancellation());
            LoadRuns.Measured measured = LoadRuns.read(folder);
            if (keep(folder, measured.run())) {
                ticket.done();
            }
            print(measured.summary(), terminal);
            boolean regression =
                    baseline.map(b -> isWorse(b, measured.run(), terminal)).orElse(false);
            told(folder);
            ExitCode code = exitCode(measured.summary(), interrupts.cancellation());
            return (regression && code == ExitCode.DONE ? ExitCode.BAD_ANSWER : code).number();
        }
    }

    /** Everything is in the folder already: a store that fails is a remark, not a failed run. */
    private boolean keep(LoadFolder folder, Run run) {
        try (RunStore store = history.store.toChange(stores);
                Stream<JournalLine> journal = LoadRuns.journal(folder)) {
            store.put(run, journal);
            return true;
        } catch (UserError e) {
            err().println("! " + StoreOptions.notKept(e, folder.path()));
            err().flush();
            return false;
        }
    }

    private boolean isWorse(Run baseline, Run run, Terminal terminal) {
        Comparison comparison = history.compare(baseline, run);
        boolean oneForm = output.json || output.csv;
        if (!(oneForm && output.quiet)) {
            PrintWriter to = oneForm ? err() : out();
            to.println();
            new CompareView(terminal).print(to, comparison);
            to.flush();
        }
        return comparison.hasRegression();
    }

    private void told(LoadFolder folder) {
        if (!output.quiet) {
            String id = folder.header().id();
            err().println("Kept in " + folder.path());
            err().println("Compare it with another run: stoker compare RUN " + id);
            err().flush();
        }
    }

    /** What is to be run: steps, or a sweep that finds them. */
    private record Plan(List<LoadStep> steps, Optional<Sweep> sweep, List<Objective> objectives) {

        Optional<LoadStep> next(int done, LoadJournal journal, LoadFolder folder) {
            if (sweep.isEmpty()) {
                return done < steps.size() ? Optional.of(steps.get(done)) : Optional.empty();
            }
            journal.sync();
            return sweep.get().next(LoadReader.summary(folder, objectives).steps());
        }
    }

    private void run(
            InferenceServer target,
            Plan plan,
            PromptSource source,
            EngineWarmUp warmUp,
            LoadFolder folder,
            Terminal terminal,
            Cancellation cancellation) {
        try (LoadJournal journal = LoadJournal.open(folder);
                LoadProgressLine line = new LoadProgressLine(err(), terminal, output.quiet);
                ServerWatch watch =
                        ServerWatch.start(
                                finder.host(target),
                                target.identity().endpoint().port(),
                                target.clock(),
                                journal::write);
                LoadRunner runner =
                        new LoadRunner(
                                target,
                                load.settings(prompts.thinkTime(), prompts.isConversation()),
                                source,
                                watch,
                                line::progress,
                                cancellation)) {
            line.step("warming up the client");
            warmUp.await();
            boolean goOn = true;
            for (int i = 0; goOn; i++) {
                Optional<LoadStep> step = plan.next(i, journal, folder);
                step.ifPresent(s -> line.step(s.arrivals().label()));
                Optional<LoadEvent.StepEnded> ended = step.map(runner::run);
                goOn =
                        ended.isPresent()
                                && (ended.get().why().equals("done")
                                        || (plan.sweep().isPresent()
                                                && !cancellation.isCancelled()));
            }
        }
    }

    /** Returns the model that was named, else the loaded one, else the only one. */
    private String model(InferenceServer target) throws ServerException {
        if (load.model != null) {
            return load.model;
        }
        List<String> loaded = target.loaded().stream().map(LoadedModel::name).toList();
        if (loaded.size() == 1) {
            return loaded.getFirst();
        }
        List<String> all = target.models().stream().map(ModelInfo::name).toList();
        if (all.size() == 1) {
            return all.getFirst();
        }
        if (all.isEmpty()) {
            throw UserError.wrongUse(
                    "The server lists no model.", "Name the one to use: stoker load MODEL");
        }
        throw UserError.wrongUse(
                "The server has " + all.size() + " models, and it is not clear which is meant.",
                "Name one: stoker load "
                        + Text.plain(loaded.isEmpty() ? all.getFirst() : loaded.getFirst()));
    }

    private static ExitCode exitCode(LoadSummary summary, Cancellation cancellation) {
        if (cancellation.isCancelled()) {
            return ExitCode.INTERRUPTED;
        }
        boolean noServer =
                summary.ok() == 0
                        && summary.steps().stream()
                                .allMatch(s -> s.failures().keySet().equals(Set.of("unreachable")));
        return noServer
                ? ExitCode.SERVER_FAILED
                : summary.failed() > 0 || summary.ok() == 0 ? ExitCode.BAD_ANSWER : ExitCode.DONE;
    }

    private void print(LoadSummary summary, Terminal terminal) {
        PrintWriter out = out();
        if (output.json) {
            out.println(Json.pretty(LoadJson.write(summary)));
        } else if (output.csv) {
            LoadCsv.print(out, summary);
        } else {
            new LoadView(terminal).result(out, summary);
        }
        out.flush();
    }

    private PrintWriter out() {
        return command().commandLine().getOut();
    }

    private PrintWriter err() {
        return command().commandLine().getErr();
    }

    private CommandSpec command() {
        if (spec == null) {
            throw new IllegalStateException("the command line has not filled this command");
        }
        return spec;
    }
}
