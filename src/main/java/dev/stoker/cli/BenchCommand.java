package dev.stoker.cli;

import dev.stoker.base.Cancellation;
import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.bench.BenchContext;
import dev.stoker.bench.BenchListener;
import dev.stoker.bench.BenchPlan;
import dev.stoker.bench.BenchReport;
import dev.stoker.bench.BenchRequest;
import dev.stoker.bench.BenchRunner;
import dev.stoker.bench.BenchRuns;
import dev.stoker.bench.Checklist;
import dev.stoker.bench.Journal;
import dev.stoker.bench.PlanJson;
import dev.stoker.bench.Planner;
import dev.stoker.bench.ReportBuilder;
import dev.stoker.bench.ReportJson;
import dev.stoker.bench.RunFolder;
import dev.stoker.bench.RunHeaders;
import dev.stoker.bench.RunSetting;
import dev.stoker.history.Comparison;
import dev.stoker.history.Run;
import dev.stoker.history.Spool;
import dev.stoker.history.Stores;
import dev.stoker.host.ProcessRunner;
import dev.stoker.json.Json;
import dev.stoker.memory.MemoryEstimator;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.ServerException;
import dev.stoker.suite.Suites;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;

/**
 * {@code stoker bench}: measures models one after the other without running out of memory. Options
 * → plan → a yes → run → report from the run's files. Used by one thread.
 */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Benchmark models without running out of memory.",
            "",
            "Shows its plan first, loads each model cold, measures it, unloads it and sees that the"
                    + " memory came back. Nothing is lost when it is interrupted.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stoker bench --dry-run                the plan and the checklist only",
            "  stoker bench                          every local model, small to large",
            "  stoker bench phi4:14b qwq:32b --yes   two models, without a question",
            "  stoker bench --resume latest          go on after a crash or Ctrl-C",
            "  stoker bench --report latest --json   an earlier run again",
            "  stoker bench --suite standard         answers checked, pass rate beside the speed",
            "  stoker bench --suite standard --show > my.yaml   a suite of one's own begins so",
            "  stoker bench --baseline baseline      against the run with that tag",
            "",
            "Exit codes: 0 all passed, 1 a model or a check failed, or got worse than the"
                    + " baseline, 2 wrong use,",
            "3 the server failed, 4 a yes is needed, 130 interrupted."
        })
public final class BenchCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;
    @Mixin private final ServerOptions server = new ServerOptions();
    @Mixin private final BenchOptions options = new BenchOptions();
    @Mixin private final OutputOptions output = new OutputOptions();
    @Mixin private final BenchHistory history = new BenchHistory();

    @Option(
            names = {"-y", "--yes"},
            description = "Agree to unloads and restarts without being asked.")
    private boolean yes;

    @Option(names = "--dry-run", description = "Show the plan and the checklist, and stop.")
    private boolean dryRun;

    @Option(
            names = "--show",
            description = "Print the suite of --suite as YAML, to begin an own one with, and stop.")
    private boolean showSuite;

    @Option(
            names = "--show-failures",
            description = "Print each failed check of a suite with the answer that failed it.")
    private boolean showFailures;

    @Option(
            names = "--restart-command",
            paramLabel = "COMMAND",
            description = "How to restart the server. Default: found by itself (systemd, docker).")
    private @Nullable String restartCommand;

    @Option(
            names = "--results",
            paramLabel = "DIR",
            description = {
                "Where runs are kept. Default: RESULTS_DIR, else stoker/runs in the XDG data home."
            })
    private @Nullable Path results;

    @Option(
            names = "--resume",
            paramLabel = "RUN",
            description = "Go on with a run (an id, or latest) without repeating what is done.")
    private @Nullable String resume;

    @Option(
            names = "--report",
            paramLabel = "RUN",
            description = "Print an earlier run (an id, or latest) again from its files.")
    private @Nullable String reportOf;

    private final Connector connector;
    private final BiFunction<InferenceServer, Optional<String>, MemoryEstimator> estimates;
    private final Stores stores;
    private final Map<String, String> env;

    /**
     * @param estimates says what the models of a server will take; with the name of the variable
     *     that holds its key
     */
    public BenchCommand(
            Connector connector,
            BiFunction<InferenceServer, Optional<String>, MemoryEstimator> estimates,
            Stores stores,
            Map<String, String> env) {
        this.connector = connector;
        this.estimates = estimates;
        this.stores = stores;
        this.env = Map.copyOf(env);
    }

    @Override
    public Integer call() throws ServerException, InterruptedException {
        Terminal terminal = Terminal.detect(env, output.noColor);
        if (dryRun && output.csv) {
            throw UserError.wrongUse("A plan has no CSV form.", "Use --dry-run --json.");
        }
        if (output.json && output.csv) {
            throw UserError.wrongUse("--json and --csv were both given.", "Choose one of them.");
        }
        if (showSuite) {
            out().print(suiteText());
            out().flush();
            return ExitCode.DONE.number();
        }
        Optional<Run> baseline = history.baseline(stores);
        if (reportOf != null) {
            RunFolder folder = RunFolder.find(resultsFolder(), reportOf);
            return report(folder, folder.read(), baseline, terminal).number();
        }
        Optional<RunFolder.Contents> earlier = earlier();
        if (earlier.isPresent() && ReportBuilder.report(earlier.get()).complete()) {
            RunFolder folder = RunFolder.find(resultsFolder(), String.valueOf(resume));
            keep(folder, earlier.get());
            return report(folder, earlier.get(), baseline, terminal).number();
        }
        BenchRequest request =
                earlier.map(RunHeaders::request).orElseGet(() -> options.request(env));
        Connection connection =
                connector.connect(
                        urls(earlier),
                        Optional.ofNullable(server.apiKeyEnv),
                        Optional.ofNullable(restartCommand));
        BenchContext context =
                new BenchContext(
                        connection.server(),
                        connection.clock(),
                        connection.host(),
                        connection.control(),
                        estimates.apply(connection.server(), Optional.ofNullable(server.apiKeyEnv)),
                        connection.cached(),
                        StokerVersion.text(),
                        connection.gpus(),
                        new ProcessRunner());
        BenchPlan plan = Planner.plan(context, request);
        earlier.ifPresent(c -> RunHeaders.requireSameServer(c.header(), plan.server()));
        Consent consent = new Consent(terminal, System.in, err(), output.quiet);
        if (!output.quiet || dryRun || (consent.canAsk() && !yes)) {
            show(connection, context, plan, terminal);
        }
        if (dryRun) {
            return ExitCode.DONE.number();
        }
        boolean mayRestart = consent.toRestart(plan, request, yes);
        return run(context, request, plan, mayRestart, baseline, terminal);
    }

    private String suiteText() {
        if (options.suite == null) {
            throw UserError.wrongUse(
                    "--show prints a suite, and none was given.", "Add --suite standard.");
        }
        return Suites.text(options.suite, options.seed());
    }

    private Optional<RunFolder.Contents> earlier() {
        if (resume == null) {
            return Optional.empty();
        }
        if (options.anyGiven()) {
            throw UserError.wrongUse(
                    "--resume goes on with the models and options of that run; others can not be"
                            + " given.",
                    "Leave them out, or start a new run without --resume.");
        }
        return Optional.of(RunFolder.find(resultsFolder(), resume).read());
    }

    private List<String> urls(Optional<RunFolder.Contents> earlier) {
        return server.servers.isEmpty() && earlier.isPresent()
                ? List.of(earlier.get().header().serverUrl())
                : server.servers;
    }

    private Path resultsFolder() {
        return ResultsFolder.of(results, env);
    }

    private void show(
            Connection connection, BenchContext context, BenchPlan plan, Terminal terminal) {
        if (dryRun && output.json) {
            out().println(Json.pretty(PlanJson.write(plan, Checklist.of(context, plan))));
            out().flush();
            return;
        }
        PrintWriter to = dryRun ? out() : err();
        BenchView view = new BenchView(terminal);
        connection.remarks().forEach(r -> err().println("! " + r));
        view.plan(to, plan);
        view.checklist(to, Checklist.of(context, plan));
        to.flush();
    }

    private int run(
            BenchContext context,
            BenchRequest request,
            BenchPlan plan,
            boolean mayRestart,
            Optional<Run> baseline,
            Terminal terminal)
            throws InterruptedException {
        RunFolder folder = folder(context, request, plan);
        try (Interrupts interrupts = new Interrupts();
                Spool.Ticket ticket = history.enter(stores, folder)) {
            BenchRunner.Ending ending;
            try (Journal journal = Journal.open(folder);
                    BenchProgress progress =
                            new BenchProgress(
                                    err(),
                                    terminal,
                                    output.quiet,
                                    context.clock(),
                                    plan,
                                    request.iterations() * request.prompts().size())) {
                Cancellation cancellation = interrupts.cancellation();
                BenchListener listener =
                        baseline.map(b ->
                                        history.comparing(
                                                progress,
                                                b,
                                                folder.header(),
                                                folder.setting(),
                                                journal.events()))
                                .orElse(progress);
                ending =
                        new BenchRunner(
                                        context,
                                        request,
                                        plan,
                                        mayRestart,
                                        journal,
                                        listener,
                                        cancellation)
                                .run();
            }
            RunFolder.Contents contents = folder.read();
            if (keep(folder, contents)) {
                ticket.done();
            }
            ExitCode answer = report(folder, contents, baseline, terminal);
            if (!output.quiet) {
                err().println("Kept in " + folder.path());
                err().flush();
            }
            return ended(ending, ReportBuilder.report(contents), answer).number();
        }
    }

    private RunFolder folder(BenchContext context, BenchRequest request, BenchPlan plan) {
        if (resume != null) {
            return RunFolder.find(resultsFolder(), resume);
        }
        RunFolder folder =
                RunFolder.create(resultsFolder(), RunHeaders.header(context, request, plan));
        folder.write(RunSetting.of(context, request, plan));
        return folder;
    }

    /** Everything is in the folder already: a store that fails is a remark, not a failed run. */
    private boolean keep(RunFolder folder, RunFolder.Contents contents) {
        try {
            history.keep(stores, BenchRuns.run(contents, folder.setting()), contents);
            return true;
        } catch (UserError e) {
            err().println("! " + StoreOptions.notKept(e, folder.path()));
            err().flush();
            return false;
        }
    }

    /** Prints the report and the comparison; returns whether both are good. */
    private ExitCode report(
            RunFolder folder,
            RunFolder.Contents contents,
            Optional<Run> baseline,
            Terminal terminal) {
        BenchReport report = ReportBuilder.report(contents);
        print(report, terminal);
        if (baseline.isEmpty()) {
            return exitCode(report);
        }
        Comparison comparison =
                history.compare(baseline.get(), BenchRuns.run(contents, folder.setting()));
        boolean oneForm = output.json || output.csv;
        if (!(oneForm && output.quiet)) {
            PrintWriter to = oneForm ? err() : out();
            to.println();
            new CompareView(terminal).print(to, comparison);
            to.flush();
        }
        return comparison.hasRegression() ? ExitCode.BAD_ANSWER : exitCode(report);
    }

    private ExitCode ended(BenchRunner.Ending ending, BenchReport report, ExitCode answer) {
        return switch (ending) {
            case COMPLETE -> answer;
            case INTERRUPTED -> {
                err().println(
                                "stoker: Interrupted; what was measured is kept. Go on with: stoker"
                                        + " bench --resume "
                                        + report.id());
                err().flush();
                yield ExitCode.INTERRUPTED;
            }
            case SERVER_GONE -> {
                err().println(
                                "stoker: The server does not answer any more, and could not be"
                                        + " restarted.");
                err().println(
                                "        Start it, then go on with: stoker bench --resume "
                                        + report.id());
                err().flush();
                yield ExitCode.SERVER_FAILED;
            }
        };
    }

    private static ExitCode exitCode(BenchReport report) {
        return report.failures() > 0 || report.failedChecks() > 0
                ? ExitCode.BAD_ANSWER
                : ExitCode.DONE;
    }

    private void print(BenchReport report, Terminal terminal) {
        PrintWriter out = out();
        if (output.json) {
            out.println(Json.pretty(ReportJson.write(report)));
        } else if (output.csv && report.header().request().checking().isSuite()) {
            SuiteCsv.print(out, report);
        } else if (output.csv) {
            BenchCsv.print(out, report);
        } else {
            new BenchView(terminal).result(out, report);
            new SuiteView(terminal).result(out, report, showFailures);
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
