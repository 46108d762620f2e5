package dev.stoker.cli;

import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.degrade.DegradeContext;
import dev.stoker.degrade.DegradeFolder;
import dev.stoker.degrade.DegradeHeader;
import dev.stoker.degrade.DegradeJournal;
import dev.stoker.degrade.DegradeReport;
import dev.stoker.degrade.DegradeRunner;
import dev.stoker.degrade.DegradeRuns;
import dev.stoker.degrade.Earlier;
import dev.stoker.degrade.Plan;
import dev.stoker.degrade.ReportJson;
import dev.stoker.degrade.Verdict;
import dev.stoker.history.RunStore;
import dev.stoker.history.Spool;
import dev.stoker.history.Stores;
import dev.stoker.json.Json;
import dev.stoker.server.ServerException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * {@code stoker degrade}: does a model get slower when it is unloaded and loaded again, why, and
 * what helps? Options → plan → a yes → run → report from the run's files. Used by one thread.
 */
@Command(
        name = "degrade",
        mixinStandardHelpOptions = true,
        description = {
            "Find out whether reloads make a model slower, why, and what helps.",
            "",
            "Measures the model as it is, then unloads and loads it again and again, with"
                    + " measurements without a reload in between, so that time and heat are not"
                    + " taken for reloads.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stoker degrade phi4:14b                  five cycles",
            "  stoker degrade phi4:14b --remedies       then try what may help, asking each time",
            "  stoker degrade --resume                  go on after Ctrl-C or a crash",
            "  stoker degrade --report latest --json    an earlier run again",
            "",
            "Exit codes: 0 healthy or not to be told, 1 degraded, 2 wrong use, 3 the server failed,"
                    + " 4 a yes is needed, 130 interrupted."
        })
public final class DegradeCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;
    @Mixin private final ServerOptions server = new ServerOptions();
    @Mixin private final OutputOptions output = new OutputOptions();
    @Mixin private final DegradeOptions options = new DegradeOptions();
    @Mixin private final StoreOptions store = new StoreOptions();

    @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL", description = "The model.")
    private @Nullable String model;

    @Option(
            names = "--resume",
            arity = "0..1",
            fallbackValue = "latest",
            paramLabel = "RUN",
            description = "Go on with a run (an id, or latest) without repeating what is done.")
    private @Nullable String resume;

    @Option(
            names = "--report",
            paramLabel = "RUN",
            description = "Print an earlier run (an id, or latest) again from its files.")
    private @Nullable String reportOf;

    private final DegradeParts parts;
    private final Stores stores;
    private final Map<String, String> env;

    public DegradeCommand(DegradeParts parts, Stores stores, Map<String, String> env) {
        this.parts = parts;
        this.stores = stores;
        this.env = Map.copyOf(env);
    }

    @Override
    public Integer call() throws ServerException, InterruptedException {
        Terminal terminal = Terminal.detect(env, output.noColor);
        if (output.csv) {
            throw UserError.wrongUse("This report has no CSV form.", "Use --json.");
        }
        if (reportOf != null) {
            return print(DegradeFolder.find(results(), reportOf), terminal).number();
        }
        Optional<DegradeFolder> earlier =
                Optional.ofNullable(resume).map(run -> DegradeFolder.find(results(), run));
        Optional<DegradeFolder.Contents> before = earlier.map(DegradeFolder::read);
        before.ifPresent(c -> requireSame(c.header()));
        if (before.isPresent() && Plan.isDone(before.get(), options.remedies)) {
            keep(earlier.orElseThrow());
            return print(earlier.orElseThrow(), terminal).number();
        }
        try (DegradeContext context = open(before)) {
            DegradeHeader header =
                    before.map(c -> Plan.resumed(c.header(), context, options.remedies))
                            .orElseGet(() -> options.header(context, model()));
            Plan plan = Plan.of(context, header);
            Consent consent = new Consent(terminal, System.in, err(), output.quiet);
            if (!output.quiet || (consent.canAsk() && !options.yes)) {
                plan.lines().forEach(line -> err().println(line));
                err().flush();
            }
            if (plan.needsConsent() && !options.yes) {
                consent.toGoOn("Other requests will be disturbed. Go on?");
            }
            DegradeFolder folder = earlier.orElseGet(() -> DegradeFolder.create(results(), header));
            return run(context, header, folder, consent, terminal);
        }
    }

    private String model() {
        if (model == null || model.isBlank()) {
            throw UserError.wrongUse(
                    "Which model? None was given.", "Name one, as in: stoker degrade phi4:14b");
        }
        return model;
    }

    private void requireSame(DegradeHeader header) {
        if (model != null && !model.equals(header.model())) {
            throw UserError.wrongUse(
                    "The run " + header.id() + " is about " + header.model() + ".",
                    "Leave the model out, or name another run with --resume RUN.");
        }
    }

    private DegradeContext open(Optional<DegradeFolder.Contents> before) {
        List<String> urls =
                server.servers.isEmpty()
                        ? before.map(c -> List.of(c.header().serverUrl())).orElse(List.of())
                        : server.servers;
        return parts.open(
                urls,
                Optional.ofNullable(server.apiKeyEnv),
                options.commands(),
                sentence -> {
                    if (!output.quiet) {
                        err().println("! " + sentence);
                    }
                });
    }

    private Path results() {
        return ResultsFolder.of(options.results, env);
    }

    private int run(
            DegradeContext context,
            DegradeHeader header,
            DegradeFolder folder,
            Consent consent,
            Terminal terminal)
            throws ServerException, InterruptedException {
        try (Interrupts interrupts = new Interrupts();
                Spool.Ticket ticket = store.enter(stores, folder.path())) {
            DegradeRunner.Ending ending;
            try (DegradeJournal journal = DegradeJournal.open(folder)) {
                ending =
                        new DegradeRunner(
                                        context,
                                        header,
                                        journal,
                                        new DegradeTalk(
                                                err(), consent, options.agreed(), output.quiet),
                                        interrupts.cancellation())
                                .run();
            } catch (ServerException e) {
                err().println("stoker: What was measured is kept. " + resumeHint(folder));
                err().flush();
                throw e;
            }
            if (keep(folder)) {
                ticket.done();
            }
            ExitCode code = print(folder, terminal);
            if (ending == DegradeRunner.Ending.INTERRUPTED) {
                err().println(
                                "stoker: Interrupted; what was measured is kept. "
                                        + resumeHint(folder));
                err().flush();
                return ExitCode.INTERRUPTED.number();
            }
            if (!output.quiet) {
                err().println("Kept in " + folder.path());
                err().flush();
            }
            return code.number();
        }
    }

    private static String resumeHint(DegradeFolder folder) {
        return "Go on with: stoker degrade --resume " + folder.id();
    }

    /** Everything is in the folder already: a store that fails is a remark, not a failed run. */
    private boolean keep(DegradeFolder folder) {
        try (RunStore opened = store.toChange(stores)) {
            DegradeFolder.Contents contents = folder.read();
            opened.put(DegradeRuns.run(contents), DegradeRuns.journal(contents));
            return true;
        } catch (UserError e) {
            err().println("! " + StoreOptions.notKept(e, folder.path()));
            err().flush();
            return false;
        }
    }

    private ExitCode print(DegradeFolder folder, Terminal terminal) {
        DegradeReport report = DegradeReport.of(folder.read());
        PrintWriter out = spec().commandLine().getOut();
        if (output.json) {
            out.println(Json.pretty(ReportJson.write(report, earlier(report))));
        } else {
            new DegradeView(terminal).print(out, report);
            earlier(report).ifPresent(e -> out.println(DegradeView.slowAlready(report, e)));
        }
        out.flush();
        return report.judgement().verdict() instanceof Verdict.Degraded
                ? ExitCode.BAD_ANSWER
                : ExitCode.DONE;
    }

    /** A store that can't be read costs this remark, and nothing else. */
    private Optional<Earlier> earlier(DegradeReport report) {
        try (RunStore opened = store.toLook(stores)) {
            return Earlier.best(opened, report).filter(e -> e.isMuchFasterThan(report));
        } catch (UserError e) {
            return Optional.empty();
        }
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("the parser did not fill it");
        }
        return spec;
    }

    private PrintWriter err() {
        return spec().commandLine().getErr();
    }
}
